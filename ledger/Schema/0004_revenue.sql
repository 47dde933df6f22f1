-- What the platform earned and what rails cost it, a row a UTC day: a day is rolled up again while it may change.
create table ledger.platform_revenue (
    day           date primary key,
    fees_msat     bigint not null,
    returned_msat bigint not null,
    cost_msat     bigint not null,
    fees          bigint not null,
    rolled_up_at  timestamptz not null
);

-- The outcome of each audit: what stops withdrawals is the last.
create table ledger.audit_run (
    id       bigint generated always as identity primary key,
    at       timestamptz not null default now(),
    balanced boolean not null,
    broken   text[] not null
);

create function ledger.note_audit(p_balanced boolean, p_broken text[]) returns void
language sql security definer set search_path = pg_catalog, ledger, pg_temp as $$
    insert into ledger.audit_run (balanced, broken) values (p_balanced, p_broken);
$$;

-- Revenue of each day from p_since on, from the transfers themselves. What is moved between shards is no revenue.
create function ledger.revenue(p_since date)
returns table (day date, fees_msat bigint, returned_msat bigint, cost_msat bigint, fees bigint)
language sql stable as $$
    with own as materialized (
        select id, code = 'platform:fees' as earns from ledger.account
         where code in ('platform:fees', 'platform:rail-cost')
    ), moved as (
        select posted_at, amount_msat, earns, true as came from ledger.transfer join own on own.id = to_account
         where posted_at >= p_since::timestamp at time zone 'UTC' and kind <> 'gather'
        union all
        select posted_at, amount_msat, earns, false from ledger.transfer join own on own.id = from_account
         where posted_at >= p_since::timestamp at time zone 'UTC' and kind <> 'gather'
    )
    select (posted_at at time zone 'UTC')::date,
           coalesce(sum(amount_msat) filter (where earns and came), 0)::bigint,
           coalesce(sum(amount_msat) filter (where earns and not came), 0)::bigint,
           (coalesce(sum(amount_msat) filter (where not earns and not came), 0)
               - coalesce(sum(amount_msat) filter (where not earns and came), 0))::bigint,
           count(*) filter (where earns and came)
      from moved
     group by 1
$$;

create function ledger.roll_up(p_since date) returns int
language plpgsql security definer set search_path = pg_catalog, ledger, pg_temp as $$
declare
    days int;
begin
    insert into ledger.platform_revenue as known
    select r.*, now() from ledger.revenue(p_since) r
    on conflict (day) do update
       set fees_msat = excluded.fees_msat, returned_msat = excluded.returned_msat, cost_msat = excluded.cost_msat,
           fees = excluded.fees, rolled_up_at = excluded.rolled_up_at
     where (known.fees_msat, known.returned_msat, known.cost_msat, known.fees)
        <> (excluded.fees_msat, excluded.returned_msat, excluded.cost_msat, excluded.fees);
    get diagnostics days = row_count;
    return days;
end $$;
