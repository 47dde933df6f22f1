-- What the operator decided on a blob that was reported. It outlives the blob: what is blocked does not come back.
create table blossom.verdict (
    sha256     text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    blocked    boolean not null,
    decided_at timestamptz not null default now()
);

create index verdict_newest on blossom.verdict (decided_at);
create index report_newest on blossom.report (reported_at);
