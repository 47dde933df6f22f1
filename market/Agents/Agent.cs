namespace PoA.Nostr.Market.Agents;

/// <summary>
/// Somebody who sells work: what everybody may know about it. Its prices are per request kind, zero is free, and what
/// is not among them it does not sell.
/// </summary>
public sealed record Agent(
    string Pubkey, string Owner, string Slug, string Name, string About, string? Picture,
    IReadOnlyDictionary<int, Msat> Prices);
