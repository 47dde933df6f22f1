create schema blossom;

create table blossom.blob (
    sha256      text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes  bigint not null check (size_bytes >= 0),
    media_type  text not null,
    uploaded_at timestamptz not null default now()
);

-- A blob lives as long as somebody owns it.
create table blossom.owner (
    pubkey      text not null,
    sha256      text not null references blossom.blob on delete cascade,
    uploaded_at timestamptz not null default now(),
    primary key (pubkey, sha256)
);

create index blob_oldest_first on blossom.blob (uploaded_at);
create index owner_by_blob on blossom.owner (sha256);
create index owner_newest_first on blossom.owner (pubkey, uploaded_at desc, sha256 desc);

-- What each key keeps here, moved in the same transaction as its ownerships.
create table blossom.quota (
    pubkey     text primary key,
    used_bytes bigint not null default 0 check (used_bytes >= 0)
);

-- Outlives the blob, so that a reported one does not come back unseen.
create table blossom.report (
    sha256      text not null,
    reporter    text not null,
    event_id    text not null,
    reason      text not null,
    event_json  jsonb not null,
    reported_at timestamptz not null default now(),
    primary key (sha256, reporter)
);
