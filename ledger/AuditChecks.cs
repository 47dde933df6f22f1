namespace PoA.Nostr.Ledger;

/// <summary>What must hold in the books. Each statement names what does not, a line each.</summary>
/// <param name="Name">Stable, for machines.</param>
/// <param name="Sentence">What holds when nothing is broken.</param>
/// <param name="Sql">Selects a line for each thing that is broken.</param>
sealed record AuditCheck(string Name, string Sentence, string Sql)
{
    public static IReadOnlyList<AuditCheck> All { get; } =
    [
        new("sum", "All balances together are zero.", """
            select 'the sum is ' || sum(balance_msat) || ' msat' from ledger.account having sum(balance_msat) <> 0
            """),
        new("balances", "Each balance is the sum of its transfers.", """
            with moved as (
                select account, sum(amount) as amount, count(*) as transfers from (
                    select from_account, -amount_msat from ledger.transfer
                    union all
                    select to_account, amount_msat from ledger.transfer) as posting (account, amount)
                 group by account
            )
            select code || ' has ' || balance_msat || ' msat after ' || version || ' transfers, not '
                || coalesce(amount, 0) || ' after ' || coalesce(transfers, 0)
              from ledger.account left join moved on moved.account = id
             where (balance_msat, version) <> (coalesce(amount, 0), coalesce(transfers, 0))
            """),
        new("chain", "The running balances of each account chain, and none is missing.", """
            with posting as (
                select from_account as account, from_version as version, -amount_msat as amount,
                       from_balance as balance, id from ledger.transfer
                union all
                select to_account, to_version, amount_msat, to_balance, id from ledger.transfer
            ), chained as (
                select account, version, id, lag(version, 1, 0::bigint) over turn + 1 as next,
                       lag(balance, 1, 0::bigint) over turn + amount <> balance as broken
                  from posting window turn as (partition by account order by version)
            )
            select code || ': transfer ' || chained.id || ' is number ' || chained.version
                || case when chained.version <> next then ' where ' || next || ' is due'
                   else ' and does not continue the balance before it' end
              from chained join ledger.account on ledger.account.id = account
             where broken or chained.version <> next
            """),
        new("contents", "Every transfer is what was asked for.", """
            select 'transfer ' || t.id || ' (' || t.kind || ') is not what its hash says'
              from ledger.transfer t
              join ledger.account f on f.id = from_account
              join ledger.account p on p.id = to_account
             where request_hash <> ledger.hash_of(f.code, p.code, amount_msat, t.kind, cause)
            """),
        new("floors", "Nothing but the world outside is overdrawn.", """
            select code || ' has ' || balance_msat || ' msat and ' || held_msat || ' set aside'
              from ledger.account
             where (balance_msat < held_msat and not ledger.is_outside(code))
                or may_overdraw <> ledger.is_outside(code)
            """),
        new("held", "What is set aside is the sum of open holds.", """
            with open as (
                select account, sum(amount_msat) as amount from ledger.hold where state = 'held' group by account
            )
            select code || ' has ' || held_msat || ' msat set aside, its open holds are ' || coalesce(amount, 0)
              from ledger.account left join open on open.account = id
             where held_msat <> coalesce(amount, 0)
            """),
        new("holds", "Every hold resolved once at most, and by the transfer that it names.", """
            select 'hold ' || h.id || ' is ' || state || ' with ' || captured_msat || ' captured and '
                || released_msat || ' released of ' || h.amount_msat
              from ledger.hold h left join ledger.transfer t on t.id = h.transfer
             where case when state = 'held' then captured_msat + released_msat > 0 or h.transfer is not null
                   when state = 'captured' then captured_msat + released_msat <> h.amount_msat or t.id is null
                       or t.amount_msat <> captured_msat or t.from_account <> h.account
                   else captured_msat > 0 or released_msat <> h.amount_msat or h.transfer is not null end
            union all
            select 'transfer ' || transfer || ' resolves ' || count(*) || ' holds'
              from ledger.hold where transfer is not null group by transfer having count(*) > 1
            """),
        new("caps", "No cap is exceeded, and each counts its holds.", """
            with counted as (
                select account, window_name,
                       sum(case when state = 'held' then amount_msat else captured_msat end) as used
                  from ledger.hold cross join unnest(windows) as window_name
                 group by account, window_name
            )
            select code || ' used ' || used_msat || ' of ' || limit_msat || ' msat in ' || cap.window_name
                || ', its holds come to ' || coalesce(used, 0)
              from ledger.cap
              join ledger.account on ledger.account.id = cap.account
              left join counted using (account, window_name)
             where used_msat > limit_msat or used_msat <> coalesce(used, 0)
            """),
        new("revenue", "The days that were rolled up are what the transfers of those days say.", """
            select day || ' was rolled up otherwise than its transfers say'
              from ledger.platform_revenue known
              full join ledger.revenue('-infinity'::date) said using (day)
             where day < (select max(day) from ledger.platform_revenue)
               and (known.fees_msat, known.returned_msat, known.cost_msat, known.fees)
                   is distinct from (said.fees_msat, said.returned_msat, said.cost_msat, said.fees)
            """),
    ];
}
