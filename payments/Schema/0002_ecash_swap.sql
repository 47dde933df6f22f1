-- Ecash is also swapped for ourselves: many small proofs for few, and those of a keyset that ends for those of another.
alter table payments.ecash_op drop constraint ecash_op_kind_check;
alter table payments.ecash_op add constraint ecash_op_kind
    check (kind in ('receive', 'send', 'mint', 'melt', 'swap'));
