-- What strangers asked our LNURL server to invoice (LUD-06), until it is paid or has expired.
create schema if not exists payments;

create table payments.lnurl_invoice (
    id           uuid primary key,
    payee        text        not null,
    amount_msat  bigint      not null check (amount_msat > 0),
    purpose      text        not null,
    comment      text        not null,
    payer_data   text,
    -- The zap request, byte for byte as it came (NIP-57 appendix D: stored for use when the invoice is paid).
    zap_request  text,
    payer        text,
    bolt11       text,
    payment_hash text unique,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    settled_at   timestamptz
);

-- How many of a payee's invoices are open: a stranger may ask for some, and no more.
create index lnurl_invoice_open on payments.lnurl_invoice (payee, expires_at) where settled_at is null;
