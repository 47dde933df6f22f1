namespace PoA.Nostr.RelayWorkers;

/// <summary>An event that passed every check, on its way into the inbox.</summary>
/// <param name="Event">Verified.</param>
/// <param name="Relay">Where it came from first.</param>
sealed record Arrival(VerifiedEvent Event, string Relay);

/// <summary>An event of the inbox that this process holds the lease of.</summary>
/// <param name="Event">Verified before it was stored.</param>
/// <param name="Attempts">How often it was taken up, this time included.</param>
sealed record Delivery(VerifiedEvent Event, int Attempts);
