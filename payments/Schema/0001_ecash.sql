create schema if not exists payments;

-- Keysets of mints, each checked against its id. Secrets are derived from (id, counter), so an id belongs to one mint
-- for ever, and its counter only grows.
create table payments.mint_keyset (
    id            text primary key,
    mint          text not null,
    unit          text not null,
    active        boolean not null,
    input_fee_ppk int not null check (input_fee_ppk >= 0),
    final_expiry  bigint,
    keys          text not null,
    next_counter  bigint not null default 0 check (next_counter >= 0),
    seen_at       timestamptz not null
);

create index mint_keyset_mint on payments.mint_keyset (mint);

-- Everything that changes what a mint owes us, written before anything is sent: the bytes of the request, and by the
-- outputs below what can be restored. Changes demand (state, version) and raise the version.
create table payments.ecash_op (
    id             uuid primary key,
    kind           text not null check (kind in ('receive', 'send', 'mint', 'melt')),
    state          text not null
        constraint ecash_op_state check (state in ('waiting', 'open', 'done', 'failed', 'lost')),
    stage          int not null,
    version        int not null check (version > 0),
    mint           text not null,
    amount_sat     bigint not null check (amount_sat >= 0),
    -- What the books have moved to the rail already, while the proofs are still ours.
    booked_sat     bigint not null default 0 check (booked_sat >= 0),
    details        text not null,
    path           text,
    request        bytea,
    in_doubt_until timestamptz,
    leased_until   timestamptz,
    next_at        timestamptz not null,
    attempts       int not null default 0,
    problem_code   text,
    problem_detail text,
    created_at     timestamptz not null,
    ended_at       timestamptz,
    constraint ecash_op_ended check ((state in ('done', 'failed', 'lost')) = (ended_at is not null)),
    constraint ecash_op_booked check (ended_at is null or booked_sat = 0 or state = 'lost')
) with (fillfactor = 80);

create index ecash_op_due on payments.ecash_op (next_at) where ended_at is null;

-- What a mint was asked to sign. A counter is used once, whatever became of the request.
create table payments.ecash_output (
    op_id      uuid not null references payments.ecash_op,
    stage      int not null,
    idx        int not null,
    keyset     text not null references payments.mint_keyset,
    counter    bigint not null,
    amount_sat bigint not null check (amount_sat >= 0),
    use        text not null check (use in ('keep', 'give', 'spend', 'blank')),
    lock_to    text,
    b          text not null unique,
    primary key (op_id, stage, idx),
    constraint counter_once unique (keyset, counter)
);

-- Other people's proofs that an operation spends: one that failed lets go of them.
create table payments.ecash_input (
    y     text primary key,
    op_id uuid not null references payments.ecash_op
);

create index ecash_input_op on payments.ecash_input (op_id);

-- Our ecash. The secrets are not here: they follow from the seed, the keyset and the counter.
create table payments.ecash_proof (
    y          text primary key,
    mint       text not null,
    keyset     text not null references payments.mint_keyset,
    counter    bigint not null,
    amount_sat bigint not null check (amount_sat > 0),
    lock_to    text,
    c          text not null,
    e          text not null,
    s          text not null,
    state      text not null check (state in ('live', 'reserved', 'given', 'spent')),
    source_op  uuid,
    op_id      uuid references payments.ecash_op,
    constraint proof_once unique (keyset, counter),
    constraint proof_has_op check ((state = 'live') = (op_id is null))
) with (fillfactor = 80);

create index ecash_proof_live on payments.ecash_proof (mint, amount_sat) where state = 'live';
create index ecash_proof_op on payments.ecash_proof (op_id) where op_id is not null;
