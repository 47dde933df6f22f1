-- Opens the accounts that are not there yet, in the order of their codes. Returns those that it opened. Those that are
-- there are not named: an insert that conflicts waits for whoever is writing the row, be it a shard of a busy rail.
create or replace function ledger.open_accounts(p_codes text[]) returns bigint[] language plpgsql as $$
declare
    opened bigint[];
begin
    if (select count(*) from ledger.account where code = any (p_codes) and shard = 0) = cardinality(p_codes) then
        return opened;
    end if;

    with fresh as (
        insert into ledger.account (code, shard, may_overdraw)
        select c, s, ledger.is_outside(c)
          from unnest(p_codes) c, generate_series(0, case when ledger.is_sharded(c) then 63 else 0 end) s
         where not exists (select from ledger.account known where known.code = c and known.shard = 0)
         order by c, s
        on conflict do nothing
        returning id
    )
    select array_agg(id) into opened from fresh;
    return opened;
end $$;
