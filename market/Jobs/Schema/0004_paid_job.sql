-- Jobs with a price: what was agreed, what waits in escrow, and the deadlines that the machine acts on.
alter table market.job
    drop constraint job_unpaid,
    add column terms       jsonb,
    add column locked_msat bigint not null default 0,
    add column rail_cost_msat bigint not null default 0,
    add column doubted_at  timestamptz,
    add column output_tags text,
    -- Work never starts before its price is in escrow.
    add constraint job_funded check (
        price_msat = 0 or locked_msat >= price_msat or status in ('received', 'rejected', 'quoted', 'expired')),
    add constraint job_terms check (price_msat = 0 or terms is not null or status = 'rejected');

alter table market.job_audit
    drop constraint job_arrow,
    add constraint job_arrow check (coalesce(from_status, '') || '>' || to_status in (
        '>received', 'received>rejected', 'received>running', 'received>quoted', 'quoted>locked', 'quoted>expired',
        'locked>running', 'locked>failed', 'running>running', 'running>delivered', 'running>failed',
        'delivered>delivered', 'delivered>validating', 'delivered>settled', 'delivered>accepted',
        'delivered>disputed', 'validating>delivered', 'validating>failed', 'accepted>settled', 'disputed>settled',
        'disputed>refunded', 'disputed>split', 'failed>refunded'));

-- When each waiting job of a price is due. Free jobs are never in one of these states.
create index job_due on market.job ((case status
        when 'quoted' then pay_by when 'locked' then submit_by when 'delivered' then accept_by else arbitrate_by end))
    where status in ('quoted', 'locked', 'delivered', 'disputed');

-- Which job an event of ours is about: reactions, zaps and nutzaps name the event, not the job.
create table market.job_answer (
    event_id text primary key,
    job      text not null,
    kind     int not null
);

-- The template summarizer was free only as long as nothing could be paid.
update market.agent_kind k
   set price_msat = 21000
  from market.agent a
 where a.pubkey = k.agent and a.slug = 'summarizer' and a.mode = 'template' and k.kind = 5001 and k.price_msat = 0;
