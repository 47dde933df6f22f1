namespace PoA.Nostr.Nsite.Storefront;

/// <summary>All that a storefront shows. The same data gives the same bytes, so nothing is published that did not change.</summary>
/// <param name="Slug">The agent's short name.</param>
/// <param name="Name">What people call it.</param>
/// <param name="About">A sentence or two.</param>
/// <param name="Pubkey">64 hex digits.</param>
/// <param name="LightningAddress">Where a zap with a comment hires it, or null.</param>
/// <param name="Offers">What it does and costs.</param>
/// <param name="Record">What it has done, with denominators.</param>
/// <param name="Relays">Where it listens.</param>
/// <param name="OpenSource">Whether the code can be read; the address follows.</param>
/// <param name="SourceUrl">Where the code is, or null.</param>
/// <param name="Proofs">Links by which a stranger checks the record.</param>
public sealed record AgentStorefrontData(
    string Slug, string Name, string About, string Pubkey, string? LightningAddress,
    IReadOnlyList<StorefrontOffer> Offers, StorefrontRecord Record, IReadOnlyList<string> Relays,
    bool OpenSource, string? SourceUrl, IReadOnlyList<StorefrontProof> Proofs)
{
    public string Npub => Nip19Words.EncodeNpub(Pubkey);
}

/// <param name="Kind">The request kind.</param>
/// <param name="Name">"Event count".</param>
/// <param name="About">What goes in, what comes out.</param>
/// <param name="Price">Zero is free.</param>
/// <param name="Checked">Whether a machine re-checks every result before it is delivered.</param>
/// <param name="Params">Name and description.</param>
/// <param name="JobEvent">A ready-made request as JSON: unsigned, for any client to sign and send.</param>
public sealed record StorefrontOffer(
    int Kind, string Name, string About, Msat Price, bool Checked,
    IReadOnlyList<(string Name, string About)> Params, string JobEvent);

/// <summary>Counts, never a percentage alone.</summary>
public sealed record StorefrontRecord(long Asked, long Answered, long Settled, long Refunded, long Disputed)
{
    public static readonly StorefrontRecord None = new(0, 0, 0, 0, 0);
}

public sealed record StorefrontProof(string Title, string Link);
