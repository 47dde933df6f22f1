namespace PoA.Nostr.Market.Agents;

/// <summary>Somebody who sells work: what everybody may know about it.</summary>
/// <param name="Pubkey">Its identity on Nostr.</param>
/// <param name="Owner">Public key of the account that owns it.</param>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Prices">Price per request kind; zero is free. What is not here it does not sell.</param>
public sealed record Agent(
    string Pubkey, string Owner, string Slug, string Name, string About, string? Picture,
    IReadOnlyDictionary<int, Msat> Prices);
