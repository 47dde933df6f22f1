-- Ecash of a mint that is not ours pays an invoice of ours: nothing of it is ever kept.
alter table payments.ecash_op drop constraint ecash_op_kind;
alter table payments.ecash_op add constraint ecash_op_kind
    check (kind in ('receive', 'foreign', 'send', 'mint', 'melt', 'swap'));
