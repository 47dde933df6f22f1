-- The books: one row of transfer leaves one account and enters another, so they balance by construction. Nobody but
-- the functions beside these tables writes them: the service's role may read, and call.
create schema ledger;

-- The platform's own accounts and those of rails have 64 shards, so that payments at the same time do not queue for
-- one row. Only what stands for the world outside may be overdrawn: rails, and what they cost.
create table ledger.account (
    id           bigint generated always as identity primary key,
    code         text not null constraint account_code
                 check (code ~ '^[a-z]+:[^[:cntrl:][:space:]]+$' and char_length(code) <= 600),
    shard        smallint not null default 0 check (shard between 0 and 63),
    balance_msat bigint not null default 0,
    held_msat    bigint not null default 0 constraint held_floor check (held_msat >= 0),
    may_overdraw boolean not null,
    version      bigint not null default 0,
    opened_at    timestamptz not null default now(),
    constraint account_shard unique (code, shard),
    constraint available_floor check (may_overdraw or balance_msat >= held_msat)
) with (fillfactor = 60);

-- The balances and versions are those of both accounts just after this row: they chain, each to the one before.
create table ledger.transfer (
    id           uuid primary key,
    from_account bigint not null references ledger.account,
    to_account   bigint not null references ledger.account,
    amount_msat  bigint not null constraint amount_floor check (amount_msat > 0),
    kind         text not null constraint transfer_kind check (kind ~ '^[a-z][a-z0-9-]{0,31}$'),
    cause        text not null constraint transfer_cause check (char_length(cause) between 1 and 256),
    request_hash bytea not null,
    from_balance bigint not null,
    to_balance   bigint not null,
    from_version bigint not null,
    to_version   bigint not null,
    posted_at    timestamptz not null default now(),
    constraint two_accounts check (from_account <> to_account)
);

create unique index transfer_from on ledger.transfer (from_account, from_version);
create unique index transfer_to on ledger.transfer (to_account, to_version);
create index transfer_posted on ledger.transfer using brin (posted_at);

-- Money set aside in its account: captured once, in whole or in part, or released; the rest of a capture is released.
create table ledger.hold (
    id            uuid primary key,
    account       bigint not null references ledger.account,
    amount_msat   bigint not null check (amount_msat > 0),
    captured_msat bigint not null default 0 check (captured_msat >= 0),
    released_msat bigint not null default 0 check (released_msat >= 0),
    state         text not null default 'held' check (state in ('held', 'captured', 'released', 'expired')),
    transfer      uuid references ledger.transfer,
    cause         text not null check (char_length(cause) between 1 and 256),
    windows       text[] not null,
    request_hash  bytea not null,
    expires_at    timestamptz not null,
    held_at       timestamptz not null default now(),
    resolved_at   timestamptz,
    constraint resolved_once check (case state
        when 'held' then captured_msat = 0 and released_msat = 0 and transfer is null and resolved_at is null
        else captured_msat + released_msat = amount_msat and resolved_at is not null
            and (state = 'captured') = (captured_msat > 0) and (transfer is not null) = (captured_msat > 0) end)
);

create index hold_open on ledger.hold (expires_at) where state = 'held';
create index hold_account on ledger.hold (account) where state = 'held';

-- What an account may spend within a window: a job, a UTC day. Open holds count, and what they became.
create table ledger.cap (
    account      bigint not null references ledger.account,
    window_name  text not null check (char_length(window_name) between 1 and 128),
    limit_msat   bigint not null check (limit_msat >= 0),
    used_msat    bigint not null check (used_msat >= 0),
    primary key (account, window_name),
    constraint cap_ceiling check (used_msat <= limit_msat)
);

-- History stays as it was written, whoever asks.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'A transfer is never changed: post another one.';
end $$;

create trigger transfer_is_final before update or delete or truncate on ledger.transfer
    execute function ledger.refuse_change();
