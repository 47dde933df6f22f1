namespace PoA.Nostr.Tests.Reliability;

/// <summary>Where the service is killed while money moves.</summary>
/// <param name="Name">As the counts say it.</param>
/// <param name="Deed">What leads there.</param>
/// <param name="Request">The request to the mint that is held; null for the end of a transaction.</param>
/// <param name="Lost">What must go wrong before, or nobody comes there: a request, or its answer.</param>
sealed record PaidPlace(string Name, PaidDeed Deed, string? Request = null, (string Name, bool Served)? Lost = null)
{
    /// <summary>
    /// Ways of standing there. A transaction: undone, or committed with nobody left to hear of it. A request: never
    /// arrived, arrived when nobody waited any more, or answered and not heard.
    /// </summary>
    public int Ways => Request is null ? 2 : 3;

    /// <summary>
    /// Whoever stands here has taken counters of a keyset, and nobody else gets any: the row waits with them.
    /// </summary>
    public bool HoldsCounters => Name is
        "token received: begun" or "token begun" or "melt begun" or "melt swapped" or "invoice paid";

    /// <summary>Nobody comes here without counters.</summary>
    public bool NeedsCounters => Deed switch
    {
        PaidDeed.TokenJob => Name != "job quoted",
        PaidDeed.FailingJob => true,
        PaidDeed.Payout => Name is not ("payout requested" or "payout dispatched" or "ask POST /v1/melt/quote"),
        PaidDeed.Invoice => Name is not ("ask POST /v1/mint/quote" or "invoice quoted" or "ask GET /v1/mint/quote"),
        _ => false,
    };
}

enum PaidDeed
{
    TokenJob,
    BalanceJob,
    FailingJob,
    FailingBalanceJob,
    Dispute,
    Payout,
    Invoice,
}

static class PaidPlaces
{
    /// <summary>Ends of transactions: what happens to which row.</summary>
    public static readonly IReadOnlyDictionary<string, string> Commits = new Dictionary<string, string>
    {
        ["job quoted"] = Audit("to_status = 'quoted' and new.cause = 'quoted'"),
        ["token received: begun"] = Begun("receive"),
        ["token received"] = Ended("receive"),
        ["job locked"] = Audit("to_status = 'locked' and new.cause = 'accepted'"),
        ["job delivered"] = Audit("to_status = 'delivered'"),
        ["job settled"] = Audit("to_status = 'settled' and new.from_status = 'accepted'"),
        ["job disputed"] = Audit("to_status = 'disputed'"),
        ["dispute decided"] = Audit("from_status = 'disputed'"),
        ["job refunded"] = Audit("to_status = 'refunded'"),
        ["token begun"] = Begun("send"),
        ["token made"] = Ended("send"),
        ["refund ready"] = Becomes("market.refund", "ready"),
        ["refund collected"] = Becomes("market.refund", "collected"),
        ["payout requested"] = "insert on market.payout for each row",
        ["payout dispatched"] = Becomes("market.payout", "dispatched"),
        ["melt begun"] = Begun("melt"),
        ["melt swapped"] = Changes("new.kind = 'melt' and new.stage > old.stage"),
        ["melt paid"] = Ended("melt"),
        ["payout paid"] = Becomes("market.payout", "paid"),
        ["invoice quoted"] = Begun("mint"),
        ["invoice paid"] = Changes("new.kind = 'mint' and old.state = 'waiting' and new.state = 'open'"),
        ["invoice minted"] = Ended("mint"),
    };

    /// <summary>Three lanes: who stands in one does not stand in the way of another.</summary>
    public static readonly PaidPlace[][] Lanes =
    [
        [
            new("job quoted", PaidDeed.TokenJob), new("token received: begun", PaidDeed.TokenJob),
            Ask("POST /v1/swap of receive", PaidDeed.TokenJob),
            Ask("POST /v1/restore", PaidDeed.TokenJob, ("POST /v1/swap of receive", true)),
            Ask("POST /v1/checkstate", PaidDeed.TokenJob, ("POST /v1/swap of receive", false)),
            new("token received", PaidDeed.TokenJob), new("job locked", PaidDeed.BalanceJob),
            new("job delivered", PaidDeed.BalanceJob), new("job settled", PaidDeed.BalanceJob),
            new("job disputed", PaidDeed.Dispute), new("dispute decided", PaidDeed.Dispute),
            new("job refunded", PaidDeed.FailingJob), new("token begun", PaidDeed.FailingJob),
            Ask("POST /v1/swap of send", PaidDeed.FailingJob), new("token made", PaidDeed.FailingJob),
            new("refund ready", PaidDeed.FailingJob), new("refund collected", PaidDeed.FailingBalanceJob),
        ],
        [
            new("payout requested", PaidDeed.Payout), new("payout dispatched", PaidDeed.Payout),
            Ask("POST /v1/melt/quote", PaidDeed.Payout), new("melt begun", PaidDeed.Payout),
            Ask("POST /v1/swap of melt", PaidDeed.Payout), new("melt swapped", PaidDeed.Payout),
            Ask("POST /v1/melt", PaidDeed.Payout),
            Ask("GET /v1/melt/quote", PaidDeed.Payout, ("POST /v1/melt", true)),
            new("melt paid", PaidDeed.Payout), new("payout paid", PaidDeed.Payout),
        ],
        [
            Ask("POST /v1/mint/quote", PaidDeed.Invoice), new("invoice quoted", PaidDeed.Invoice),
            Ask("GET /v1/mint/quote", PaidDeed.Invoice), new("invoice paid", PaidDeed.Invoice),
            Ask("POST /v1/mint", PaidDeed.Invoice), new("invoice minted", PaidDeed.Invoice),
        ],
    ];

    static PaidPlace Ask(string request, PaidDeed deed, (string, bool)? lost = null) =>
        new($"ask {request}", deed, request, lost);

    static string Audit(string condition) => $"insert on market.job_audit for each row when (new.{condition})";

    static string Begun(string kind) => $"insert on payments.ecash_op for each row when (new.kind = '{kind}')";

    static string Ended(string kind) => Changes($"new.kind = '{kind}' and new.state = 'done' and old.state <> 'done'");

    static string Changes(string condition) => $"update on payments.ecash_op for each row when ({condition})";

    static string Becomes(string table, string state) =>
        $"update on {table} for each row when (new.state = '{state}' and old.state <> '{state}')";
}
