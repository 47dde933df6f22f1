namespace PoA.Nostr;

/// <summary>What a kind's number says about how relays keep it (NIP-01).</summary>
public static class EventKinds
{
    public static bool IsReplaceable(int kind) => kind is 0 or 3 or (>= 10_000 and < 20_000);

    public static bool IsEphemeral(int kind) => kind is >= 20_000 and < 30_000;

    public static bool IsAddressable(int kind) => kind is >= 30_000 and < 40_000;

    /// <summary>NIP-90: a request for work.</summary>
    public static bool IsJobRequest(int kind) => kind is >= 5_000 and < 6_000;

    /// <summary>NIP-90: an answer to one.</summary>
    public static bool IsJobResult(int kind) => kind is >= 6_000 and < 7_000;
}
