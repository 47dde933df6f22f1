create schema if not exists market;

-- A person or a program that asks for work or offers it. Roles are what a key may do, not kinds of account.
create table market.account (
    pubkey       text primary key check (length(pubkey) = 64),
    roles        text[] not null default '{}'
        check (roles <@ array['customer', 'developer', 'validator', 'arbitrator', 'operator']),
    display_name text not null default '' check (length(display_name) <= 200),
    created_at   timestamptz not null default now()
);
