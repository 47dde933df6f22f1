create schema relay_workers;

-- Every event that was ever taken in: what makes each one handled once, whichever relays bring it again.
create table relay_workers.inbox (
    event_id    text primary key check (length(event_id) = 64),
    kind        integer not null,
    created_at  bigint not null,
    relay_url   text not null,
    received_at timestamptz not null default now()
);
create index inbox_created_at on relay_workers.inbox (created_at);
create index inbox_received_at on relay_workers.inbox using brin (received_at);

-- Those that are still to be handled. A row is leased by moving next_attempt_at; null means parked for a person.
create table relay_workers.waiting (
    event_id        text primary key references relay_workers.inbox,
    event_json      text not null,
    attempts        integer not null default 1,
    next_attempt_at timestamptz,
    last_error      text
);
create index waiting_due on relay_workers.waiting (next_attempt_at);

-- Signed events on their way out. A row is leased by moving next_attempt_at; done_at means nobody sends it any more.
create table relay_workers.outbox (
    event_id        text primary key check (length(event_id) = 64),
    event_json      text not null,
    role            text not null,
    relays          text[] not null,
    added_at        timestamptz not null default now(),
    attempts        integer not null default 0,
    next_attempt_at timestamptz,
    ok_relays       text[] not null default '{}',
    answers         text[] not null default '{}',
    done_at         timestamptz
);
create index outbox_due on relay_workers.outbox (next_attempt_at) where next_attempt_at is not null;
create index outbox_added_at on relay_workers.outbox using brin (added_at);

-- Up to when everything that a relay keeps under a filter is in the inbox, in Unix seconds.
create table relay_workers.cursor (
    relay_url  text not null,
    filter     text not null,
    through    bigint not null,
    updated_at timestamptz not null default now(),
    primary key (relay_url, filter)
);

-- When some process heard at least one relay of a role. What lies between the rows is deafness.
create table relay_workers.listening (
    id        bigint generated always as identity primary key,
    role      text not null,
    opened_at timestamptz not null,
    last_at   timestamptz not null
);
create index listening_role on relay_workers.listening (role, last_at);

-- What stands announced, so that created_at of each address only ever grows.
create table relay_workers.announcement (
    pubkey     text not null,
    kind       integer not null,
    d          text not null,
    created_at bigint not null,
    digest     text not null,
    event_id   text not null,
    primary key (pubkey, kind, d)
);
