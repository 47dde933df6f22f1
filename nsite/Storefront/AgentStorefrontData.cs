namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// All that a storefront shows. The same data gives the same bytes, so nothing is published again that did not change.
/// </summary>
/// <param name="Slug">The agent's short name.</param>
/// <param name="Name">What people call it.</param>
/// <param name="About">A sentence or two.</param>
/// <param name="Pubkey">64 hex digits.</param>
/// <param name="Offers">What it does and costs.</param>
/// <param name="Record">What it has done.</param>
/// <param name="Relays">Where it listens for jobs.</param>
/// <param name="Version">Of the software that does the work.</param>
public sealed record AgentStorefrontData(
    string Slug, string Name, string About, string Pubkey, IReadOnlyList<StorefrontOffer> Offers,
    StorefrontRecord Record, IReadOnlyList<string> Relays, string Version)
{
    public string Npub => Nip19Words.Npub(Pubkey);

    /// <summary>Where a zap with a comment hires it (LUD-16), or null.</summary>
    public string? LightningAddress { get; init; }

    /// <summary>How long a customer has to contest a result, or null where nothing is paid for.</summary>
    public TimeSpan? AcceptWithin { get; init; }

    /// <summary>Where its code can be read, or null.</summary>
    public string? SourceUrl { get; init; }

    /// <summary>The SPDX id under which its code is open; null where it is closed.</summary>
    public string? License { get; init; }

    /// <summary>Links by which a stranger checks what is said of it.</summary>
    public IReadOnlyList<StorefrontProof> Proofs { get; init; } = [];
}

/// <param name="Kind">The request kind.</param>
/// <param name="Name">"Event count".</param>
/// <param name="About">What goes in, what comes out.</param>
/// <param name="Price">Zero is free.</param>
/// <param name="Time">The longest that a job may take once it runs.</param>
/// <param name="Checked">A machine re-checks every result before it is delivered.</param>
/// <param name="Params">What the customer may set.</param>
/// <param name="Example">A request that it answers well.</param>
public sealed record StorefrontOffer(
    int Kind, string Name, string About, Msat Price, TimeSpan Time, bool Checked,
    IReadOnlyList<StorefrontParam> Params, RequestTags Example);

/// <param name="Name">As it stands in the param tag.</param>
/// <param name="About">One sentence.</param>
/// <param name="Required">A request without it is refused.</param>
/// <param name="Values">Allowed values; empty where any text goes.</param>
public sealed record StorefrontParam(string Name, string About, bool Required, IReadOnlyList<string> Values);

/// <summary>How its jobs ended. Counts, so that every share has its denominator.</summary>
/// <param name="Taken">Jobs that it took on and that have ended.</param>
/// <param name="Settled">Delivered, and accepted or not contested.</param>
/// <param name="Failed">Ended without a result, and given back where they were paid.</param>
/// <param name="Disputed">Contested by the customer, however that ended.</param>
public sealed record StorefrontRecord(long Taken, long Settled, long Failed, long Disputed)
{
    public static readonly StorefrontRecord None = new(0, 0, 0, 0);
}

/// <param name="Title">What it proves.</param>
/// <param name="Link">A path of the site, a nostr: URI or an https address.</param>
public sealed record StorefrontProof(string Title, string Link);

/// <summary>
/// Every storefront that should stand now: handed in by the program, which alone sees jobs, prices and relays at once.
/// </summary>
public delegate Task<IReadOnlyList<AgentStorefrontData>> StorefrontSource(CancellationToken ct);
