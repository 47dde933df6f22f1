-- Where a deleted blob stood in its owner's list, so that it can still be the cursor of the next page.
create table blossom.let_go (
    pubkey      text not null,
    sha256      text not null,
    uploaded_at timestamptz not null,
    let_go_at   timestamptz not null default now(),
    primary key (pubkey, sha256)
);

create index let_go_oldest_first on blossom.let_go (let_go_at);
