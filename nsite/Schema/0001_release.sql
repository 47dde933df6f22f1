create schema nsite;

-- What was said once, and for good, of each version of an agent: a snapshot of its site and an asset of its listing.
create table nsite.release (
    agent       text not null check (length(agent) = 64),
    version     text not null,
    snapshot_id text not null check (length(snapshot_id) = 64),
    asset_id    text not null check (length(asset_id) = 64),
    released_at timestamptz not null default now(),
    primary key (agent, version)
);
