-- Whether an account has shards: the platform's own, and the rails'.
create function ledger.is_sharded(code text) returns boolean language sql immutable parallel safe
return starts_with(code, 'rail:') or starts_with(code, 'platform:');

-- Whether an account stands for the world outside.
create function ledger.is_outside(code text) returns boolean language sql immutable parallel safe
return starts_with(code, 'rail:') or code = 'platform:rail-cost';

-- What was asked for, as one value: a repeat must have the same.
create function ledger.hash_of(from_code text, to_code text, amount bigint, kind text, cause text)
returns bytea language sql immutable parallel safe
return sha256(convert_to(concat_ws(E'\n', from_code, to_code, amount, kind, cause), 'UTF8'));

-- Opens the accounts that are not there yet, in the order of their codes. Returns those that it opened.
create function ledger.open_accounts(p_codes text[]) returns bigint[] language plpgsql as $$
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
         order by c, s
        on conflict do nothing
        returning id
    )
    select array_agg(id) into opened from fresh;
    return opened;
end $$;

-- A shard that nobody else is writing: this connection's own where it is free, else any, else a wait for its own.
create function ledger.lock_shard(p_code text, out o_id bigint, out o_balance bigint, out o_version bigint)
language plpgsql as $$
declare
    home int := pg_backend_pid() % 64;
begin
    select id, balance_msat, version into o_id, o_balance, o_version
      from ledger.account where code = p_code and shard = home for no key update skip locked;
    if found then return; end if;

    select id, balance_msat, version into o_id, o_balance, o_version
      from ledger.account where code = p_code limit 1 for no key update skip locked;
    if found then return; end if;

    select id, balance_msat, version into o_id, o_balance, o_version
      from ledger.account where code = p_code and shard = home for no key update;
end $$;

-- Moves what a platform account has in all its shards into one, which it locks. Rare: somebody takes money out of it.
create function ledger.gather(p_code text, p_into bigint) returns void language plpgsql as $$
declare
    into_balance bigint;
    into_version bigint;
    shard record;
    gathering uuid;
begin
    perform from ledger.account where code = p_code order by id for no key update;
    select balance_msat, version into into_balance, into_version from ledger.account where id = p_into;
    for shard in
        select id, balance_msat, version from ledger.account
         where code = p_code and id <> p_into and balance_msat > 0 order by id
    loop
        gathering := gen_random_uuid();
        into_balance := into_balance + shard.balance_msat;
        into_version := into_version + 1;
        update ledger.account set balance_msat = 0, version = version + 1 where id = shard.id;
        insert into ledger.transfer
        values (gathering, shard.id, p_into, shard.balance_msat, 'gather', gathering::text,
                ledger.hash_of(p_code, p_code, shard.balance_msat, 'gather', gathering::text),
                0, into_balance, shard.version + 1, into_version);
    end loop;
    update ledger.account set balance_msat = into_balance, version = into_version where id = p_into;
end $$;

-- Posts sets of transfers, each set all or nothing, one after the other; a refused set changes nothing.
--   p_code   the codes of all accounts, each once; p_from and p_to are places in it, counted from 1
--   p_set    the number of each transfer's set; the transfers of a set stand together
--   p_prior  the place of the transfer before with the same id, or 0
-- Answers each in its order: posted, replayed, or why not: conflict, insufficient, overflow, and undone where another
-- of its set was refused. Locks accounts in the order of their ids and shards after them; shards are seldom waited for.
create function ledger.post(
    p_code text[], p_set int[], p_id uuid[], p_prior int[], p_from int[], p_to int[], p_amount bigint[], p_kind text[],
    p_cause text[], out outcome text, out at timestamptz, out from_left bigint, out to_left bigint)
returns setof record language plpgsql security definer set search_path = pg_catalog, ledger, pg_temp as $$
declare
    n int := cardinality(p_id);
    opened bigint[] := open_accounts(p_code);
    ids bigint[];
    balances bigint[];
    helds bigint[];
    overdraws boolean[];
    versions bigint[];
    outcomes text[] := array_fill(null::text, array[n]);
    ats timestamptz[] := array_fill(now(), array[n]);
    from_balances bigint[] := array_fill(0::bigint, array[n]);
    to_balances bigint[] := from_balances;
    from_versions bigint[] := from_balances;
    to_versions bigint[] := from_balances;
    known record;
    picked record;
    place int;
    first int := 1;
    f int;
    t int;
    refused boolean := false;
    any_refused boolean := false;
begin
    with locked as materialized (
        select id, code, balance_msat, held_msat, may_overdraw, version from account
         where code = any (p_code) and shard = 0 and not is_sharded(code) order by id for no key update
    )
    select array_agg(id order by o), array_agg(balance_msat order by o), array_agg(coalesce(held_msat, 0) order by o),
           array_agg(coalesce(may_overdraw, is_outside(code)) order by o), array_agg(version order by o)
      into ids, balances, helds, overdraws, versions
      from unnest(p_code) with ordinality as asked (code, o) left join locked using (code);

    for known in
        select c, o::int from unnest(p_code) with ordinality as asked (c, o) where is_sharded(c) order by c
    loop
        place := known.o;
        select * into picked from lock_shard(known.c);
        ids[place] := picked.o_id;
        if not overdraws[place] and place = any (p_from) and picked.o_balance < (
            select coalesce(sum(amount), 0) from unnest(p_from, p_amount) as leaving (place_of, amount)
             where place_of = place)
        then
            perform gather(known.c, picked.o_id);
            select balance_msat as o_balance, version as o_version into picked from account where id = ids[place];
        end if;

        balances[place] := picked.o_balance;
        versions[place] := picked.o_version;
    end loop;

    for known in
        select o::int, transfer.request_hash, posted_at, from_balance, to_balance
          from unnest(p_id) with ordinality as asked (id, o) join transfer using (id)
    loop
        place := known.o;
        outcomes[place] := case when known.request_hash = hash_of(p_code[p_from[place]], p_code[p_to[place]],
            p_amount[place], p_kind[place], p_cause[place]) then 'replayed' else 'conflict' end;
        ats[place] := known.posted_at;
        from_balances[place] := known.from_balance;
        to_balances[place] := known.to_balance;
    end loop;

    for i in 1..n loop
        f := p_from[i];
        t := p_to[i];
        if i = 1 or p_set[i] <> p_set[i - 1] then
            first := i;
            refused := false;
        end if;

        -- The same id earlier in this call: what it did counts, unless it was refused.
        place := p_prior[i];
        while place > 0 and outcomes[place] not in ('posted', 'replayed') loop
            place := p_prior[place];
        end loop;

        if refused then
            outcomes[i] := 'undone';
        elsif outcomes[i] is not null then
            null;
        elsif place > 0 then
            outcomes[i] := case when (p_from[place], p_to[place], p_amount[place], p_kind[place], p_cause[place])
                = (f, t, p_amount[i], p_kind[i], p_cause[i]) then 'replayed' else 'conflict' end;
            from_balances[i] := from_balances[place];
            to_balances[i] := to_balances[place];
        elsif not overdraws[f] and balances[f] - helds[f] < p_amount[i] then
            outcomes[i] := 'insufficient';
        elsif balances[f] < -9223372036854775807 + p_amount[i] or balances[t] > 9223372036854775807 - p_amount[i] then
            outcomes[i] := 'overflow';
        else
            outcomes[i] := 'posted';
            balances[f] := balances[f] - p_amount[i];
            balances[t] := balances[t] + p_amount[i];
            versions[f] := versions[f] + 1;
            versions[t] := versions[t] + 1;
            from_balances[i] := balances[f];
            to_balances[i] := balances[t];
            from_versions[i] := versions[f];
            to_versions[i] := versions[t];
        end if;

        if not refused and outcomes[i] not in ('posted', 'replayed') then
            refused := true;
            any_refused := true;
            for j in reverse i - 1..first loop
                if outcomes[j] = 'posted' then
                    balances[p_from[j]] := balances[p_from[j]] + p_amount[j];
                    balances[p_to[j]] := balances[p_to[j]] - p_amount[j];
                    versions[p_from[j]] := versions[p_from[j]] - 1;
                    versions[p_to[j]] := versions[p_to[j]] - 1;
                end if;
                outcomes[j] := 'undone';
            end loop;
        end if;
    end loop;

    update account a set balance_msat = left_with.balance, version = left_with.version
      from unnest(ids, balances, versions) as left_with (id, balance, version)
     where a.id = left_with.id and a.version <> left_with.version;

    insert into transfer (id, from_account, to_account, amount_msat, kind, cause, request_hash, from_balance,
                          to_balance, from_version, to_version)
    select id, ids[f_at], ids[t_at], amount, kind, cause, hash_of(p_code[f_at], p_code[t_at], amount, kind, cause),
           fb, tb, fv, tv
      from unnest(p_id, p_from, p_to, p_amount, p_kind, p_cause, outcomes, from_balances, to_balances, from_versions,
                  to_versions) as asked (id, f_at, t_at, amount, kind, cause, said, fb, tb, fv, tv)
     where said = 'posted';

    if any_refused and opened is not null then
        delete from account where id = any (opened) and version = 0
            and not exists (select from account other where other.code = account.code and other.version > 0);
    end if;

    return query select * from unnest(outcomes, ats, from_balances, to_balances);
end $$;
