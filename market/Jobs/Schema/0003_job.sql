-- One unit of work, whatever edge it came in by. Every change demands (status, version) and raises the version.
create table market.job (
    id           text primary key,
    edge         text not null,
    kind         int not null,
    agent        text not null,
    customer     text not null,
    private      boolean not null,
    request      text not null,
    price_msat   bigint not null check (price_msat >= 0),
    status       text not null constraint job_status check (status in (
        'received', 'rejected', 'quoted', 'locked', 'running', 'delivered', 'validating', 'accepted', 'disputed',
        'settled', 'refunded', 'split', 'expired', 'failed')),
    version      int not null check (version > 0),
    output       text,
    output_mime  text,
    confidence   double precision check (confidence between 0 and 1),
    problem_code text,
    attempts     int not null default 0,
    leased_until timestamptz,
    said_at      bigint not null,
    pay_by       timestamptz,
    submit_by    timestamptz,
    accept_by    timestamptz,
    arbitrate_by timestamptz,
    received_at  timestamptz not null,
    changed_at   timestamptz not null default now(),
    -- A job with a price goes no further than its quote while there is nothing to pay with.
    constraint job_unpaid check (price_msat = 0 or status in ('received', 'rejected', 'quoted', 'expired'))
) with (fillfactor = 80);

create index job_running on market.job (leased_until) where status = 'running';
create index job_customer on market.job (customer, received_at);

-- Which way each job went. A row that is no legal arrow cannot be written, so neither can the change that made it.
create table market.job_audit (
    job_id      text not null,
    version     int not null,
    from_status text,
    to_status   text not null,
    cause       text not null,
    at          timestamptz not null default now(),
    primary key (job_id, version),
    constraint job_arrow check (coalesce(from_status, '') || '>' || to_status in (
        '>received', 'received>rejected', 'received>running', 'received>quoted', 'quoted>locked', 'quoted>expired',
        'locked>running', 'locked>failed', 'running>running', 'running>delivered', 'running>failed',
        'delivered>validating', 'delivered>settled', 'delivered>accepted', 'delivered>disputed',
        'validating>delivered', 'validating>failed', 'accepted>settled', 'disputed>settled', 'disputed>refunded',
        'disputed>split', 'failed>refunded'))
);
