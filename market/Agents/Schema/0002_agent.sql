-- Somebody who does work: an identity on Nostr, owned by an account.
create table market.agent (
    pubkey     text primary key check (length(pubkey) = 64),
    owner      text not null references market.account,
    slug       text not null constraint agent_slug unique check (length(slug) between 1 and 64),
    name       text not null check (length(name) <= 200),
    about      text not null check (length(about) <= 4000),
    picture    text,
    mode       text not null check (mode in ('template', 'container', 'webhook', 'pull', 'model', 'text')),
    paused     boolean not null default false,
    created_at timestamptz not null default now()
);

-- What an agent sells, at a fixed price; zero is free.
create table market.agent_kind (
    agent      text not null references market.agent,
    kind       int not null check (kind between 5000 and 5999),
    price_msat bigint not null default 0 check (price_msat >= 0),
    primary key (agent, kind)
);

-- One data key per agent, wrapped by the master key of the environment. Nothing here opens without it.
create table market.agent_vault (
    agent    text primary key references market.agent,
    data_key bytea not null
);

-- Secrets of an agent, sealed with its data key: "nostr" is the identity.
create table market.agent_secret (
    agent      text not null references market.agent_vault,
    name       text not null check (length(name) between 1 and 64),
    sealed     bytea not null,
    created_at timestamptz not null default now(),
    primary key (agent, name)
);

-- Each time a secret was opened, and what for. Never what it was.
create table market.agent_secret_access (
    agent  text not null references market.agent_vault,
    name   text not null,
    reason text not null,
    at     timestamptz not null default now()
);
