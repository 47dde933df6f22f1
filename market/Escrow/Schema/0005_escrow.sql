-- Every payment that came in for a job, a balance or a hire, and what became of it. One row per outside reference.
create table market.payment (
    id          uuid primary key,
    purpose     text not null,
    job         text,
    rail        text not null,
    reference   text not null,
    payer       text,
    amount_msat bigint not null check (amount_msat > 0),
    paid_msat   bigint not null check (paid_msat > 0),
    outcome     text not null check (outcome in ('locked', 'refunded', 'credited')),
    at          timestamptz not null default now(),
    constraint payment_reference unique (rail, reference)
);

create index payment_job on market.payment (job) where job is not null;

-- Money owed back: pending until a way is found, ready when it can be collected, collected when it was.
create table market.refund (
    id           uuid primary key,
    job          text,
    payer        text,
    agent        text,
    amount_msat  bigint not null check (amount_msat > 0),
    reason       text not null,
    state        text not null default 'pending'
        constraint refund_state check (state in ('pending', 'ready', 'collected', 'failed')),
    way          text check (way in ('balance', 'nutzap', 'lightning', 'token')),
    target       text,
    token        text,
    failed_ways  text[] not null default '{}',
    attempts     int not null default 0,
    due_at       timestamptz not null default now(),
    last_error   text,
    created_at   timestamptz not null default now(),
    changed_at   timestamptz not null default now()
);

create index refund_due on market.refund (due_at) where state = 'pending';
create index refund_job on market.refund (job) where job is not null;

-- Money on its way to a payee. The destination may be replaced until it is dispatched.
create table market.payout (
    id           uuid primary key,
    account      text not null,
    amount_msat  bigint not null check (amount_msat > 0),
    reserve_msat bigint not null default 0 check (reserve_msat >= 0),
    way          text not null check (way in ('lightning', 'token')),
    target       text not null,
    state        text not null default 'requested'
        constraint payout_state check (state in ('requested', 'dispatched', 'paid', 'failed')),
    invoice      text,
    token        text,
    preimage     text,
    attempts     int not null default 0,
    due_at       timestamptz not null default now(),
    last_error   text,
    created_at   timestamptz not null default now(),
    changed_at   timestamptz not null default now()
);

create index payout_due on market.payout (due_at) where state in ('requested', 'dispatched');
create index payout_account on market.payout (account, created_at);

-- What an account pays of each settlement, where it is not what everybody pays. Terms keep what held when they began.
alter table market.account add column fee_bps int check (fee_bps between 0 and 10000);
