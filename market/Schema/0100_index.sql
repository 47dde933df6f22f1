-- What relays say, kept to answer discovery, search and counts. Everything here can be fetched again: nothing in it
-- is a book. All writing is by one batch at a time: a batch begins with the row of index_state, which numbers it.

create schema if not exists market;

create table market.index_state (
    only_row boolean primary key default true,
    version  bigint not null,
    constraint index_state_one_row check (only_row)
);
insert into market.index_state (version) values (0);

create table market.index_event (
    id         bytea   not null primary key,
    version    bigint  not null,
    kind       integer not null,
    pubkey     bytea   not null,
    created_at bigint  not null,
    expires_at bigint,
    address    text,
    target     bytea,
    actor      bytea,
    sat        bigint  not null default 0,
    refs       text[]  not null,
    tags       jsonb   not null,
    content    text    not null,
    terms      tsvector,
    constraint index_event_address unique (address)
);
create index index_event_kind on market.index_event (kind, created_at desc);
create index index_event_pubkey on market.index_event (pubkey, kind, created_at desc);
create index index_event_created on market.index_event (created_at desc);
create index index_event_expires on market.index_event (expires_at) where expires_at is not null;
create index index_event_target on market.index_event (target) where target is not null;
create index index_event_actor on market.index_event (actor, created_at desc) where target is not null;
create index index_event_refs on market.index_event using gin (refs);
create index index_event_terms on market.index_event using gin (terms) where terms is not null;

comment on column market.index_event.address is
    'kind:pubkey:d of a replaceable or addressable event: one of each is kept';
comment on column market.index_event.target is 'the note that a reply, repost, reaction or zap is about';
comment on column market.index_event.actor is 'who acts on the target: for a zap the sender, not the wallet';
comment on column market.index_event.refs is 'single-letter tags as letter:value, long values as letter#hash';

-- How many events of each kind there are now, so that counting a kind costs one row.
create table market.index_kind (
    kind integer primary key,
    n    bigint not null
);

-- What left the index and in which batch: it bounds a recount of an old answer.
create table market.index_removal (
    version bigint  not null,
    kind    integer not null,
    n       bigint  not null,
    primary key (version, kind)
);

-- What authors deleted (NIP-09), so that a late copy does not come back. ref is an id in hex or an address.
create table market.index_deletion (
    pubkey bytea  not null,
    ref    text   not null,
    at     bigint not null,
    primary key (pubkey, ref)
);

create table market.index_follow (
    follower bytea not null,
    followed bytea not null,
    primary key (follower, followed)
);
create index index_follow_followed on market.index_follow (followed);

create table market.index_engagement (
    target    bytea  primary key,
    reactions integer not null,
    reposts   integer not null,
    replies   integer not null,
    zaps      integer not null,
    sat       bigint  not null,
    acted_at  bigint  not null
);
create index index_engagement_acted on market.index_engagement (acted_at desc);
