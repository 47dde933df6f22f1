-- Two-phase money: set aside, then captured or released, exactly once. An account's row is its queue: each of these
-- functions locks it first, so caps and holds need no locks of their own.

-- Sets money aside until p_expires, and counts it against the account's caps, or refuses: insufficient, capped,
-- conflict. The answer to a repeat is replayed.
create function ledger.set_aside(
    p_id uuid, p_code text, p_amount bigint, p_cause text, p_expires timestamptz, p_windows text[], p_limits bigint[])
returns text language plpgsql security definer set search_path = pg_catalog, ledger, pg_temp as $$
declare
    payer account;
    hash bytea := hash_of(p_code, array_to_string(p_windows, ','), p_amount, 'hold', p_cause);
    known bytea;
begin
    select * into payer from account where code = p_code and shard = 0 for no key update;
    if payer is null then return 'insufficient'; end if;

    select request_hash into known from hold where id = p_id;
    if found then return case when known = hash then 'replayed' else 'conflict' end; end if;
    if payer.balance_msat - payer.held_msat < p_amount then return 'insufficient'; end if;
    if exists (
        select from unnest(p_windows, p_limits) as asked (name, most)
          left join cap on cap.account = payer.id and window_name = name
         where coalesce(used_msat, 0) > most - p_amount)
    then
        return 'capped';
    end if;

    insert into cap as known_cap (account, window_name, limit_msat, used_msat)
    select payer.id, name, most, p_amount from unnest(p_windows, p_limits) as asked (name, most)
    on conflict (account, window_name)
        do update set limit_msat = excluded.limit_msat, used_msat = known_cap.used_msat + p_amount;
    update account set held_msat = held_msat + p_amount where id = payer.id;
    insert into hold (id, account, amount_msat, cause, windows, request_hash, expires_at)
    values (p_id, payer.id, p_amount, p_cause, p_windows, hash, p_expires);
    return 'held';
end $$;

-- Gives back what a hold no longer needs, to the account and to its caps. The account is locked already.
create function ledger.give_back(p_hold ledger.hold, p_unused bigint) returns void language plpgsql as $$
begin
    update ledger.account set held_msat = held_msat - p_hold.amount_msat where id = p_hold.account;
    update ledger.cap set used_msat = used_msat - p_unused
     where account = p_hold.account and window_name = any (p_hold.windows);
end $$;

-- Pays p_amount of a hold to an account by one transfer; the rest is free again. Answers captured, replayed, or why
-- not: unknown, resolved, expired, exceeds, conflict.
create function ledger.capture(
    p_hold uuid, p_transfer uuid, p_to text, p_amount bigint, p_kind text, p_cause text, p_now timestamptz)
returns text language plpgsql security definer set search_path = pg_catalog, ledger, pg_temp as $$
declare
    held hold;
    payer text;
    opened bigint[];
    said text;
begin
    select code into payer from hold join account on account.id = hold.account where hold.id = p_hold;
    if payer is null then return 'unknown'; end if;
    if payer = p_to then return 'conflict'; end if;

    if not is_sharded(p_to) then opened := open_accounts(array[p_to]); end if;
    perform from account where code in (payer, p_to) and shard = 0 and not is_sharded(code)
      order by id for no key update;
    select * into held from hold where id = p_hold for update;
    said := case
        when held.transfer = p_transfer and exists (
            select from transfer where id = p_transfer
               and request_hash = hash_of(payer, p_to, p_amount, p_kind, p_cause)) then 'replayed'
        when held.state <> 'held' then 'resolved'
        when held.expires_at <= p_now then 'expired'
        when p_amount > held.amount_msat then 'exceeds'
        when exists (select from transfer where id = p_transfer) then 'conflict' end;
    if said is not null then
        delete from account where id = any (opened);
        return said;
    end if;

    perform give_back(held, held.amount_msat - p_amount);
    select outcome into said from post(array[payer, p_to], array[1], array[p_transfer], array[0], array[1], array[2],
                                       array[p_amount], array[p_kind], array[p_cause]);
    if said <> 'posted' then raise exception 'The capture of hold % came out as %.', p_hold, said; end if;
    update hold set state = 'captured', captured_msat = p_amount, released_msat = held.amount_msat - p_amount,
           transfer = p_transfer, resolved_at = now()
     where id = p_hold;
    return 'captured';
end $$;

-- Frees a hold whole. Answers released, replayed, or why not: unknown, resolved. With p_expired_by only a hold that
-- had expired by then is freed: held otherwise.
create function ledger.let_go(p_hold uuid, p_expired_by timestamptz)
returns text language plpgsql security definer set search_path = pg_catalog, ledger, pg_temp as $$
declare
    held hold;
begin
    perform from account where id = (select account from hold where id = p_hold) for no key update;
    select * into held from hold where id = p_hold for update;
    if held is null then return 'unknown'; end if;
    if held.state = 'captured' then return 'resolved'; end if;
    if held.state <> 'held' then return 'replayed'; end if;
    if p_expired_by < held.expires_at then return 'held'; end if;

    perform give_back(held, held.amount_msat);
    update hold set state = case when p_expired_by is null then 'released' else 'expired' end,
           released_msat = amount_msat, resolved_at = now()
     where id = p_hold;
    return 'released';
end $$;

-- Frees up to p_most holds that expired, and says how many.
create function ledger.expire_holds(p_now timestamptz, p_most int)
returns int language sql security definer set search_path = pg_catalog, ledger, pg_temp as $$
    select count(*)::int from (
        select let_go(id, p_now) as said from (
            select id from hold where state = 'held' and expires_at <= p_now order by account, id limit p_most) due
        offset 0) done
     where said = 'released'
$$;
