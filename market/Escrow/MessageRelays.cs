namespace PoA.Nostr.Market.Escrow;

/// <summary>Where somebody is written to in private (kind 10050), and where they take nutzaps (kind 10019).</summary>
public sealed class MessageRelays(IEnumerable<IEventFinder> finders)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Empty when they do not say: then our own relays must do.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(string pubkey, CancellationToken ct) =>
        await LatestAsync(pubkey, Nip17Words.RelaysKind, ct) is { } list
            ? [.. Nip17Words.Relays(list).Take(Limits.AnswerRelaysMax)]
            : [];

    /// <summary>The newest event of a replaceable kind that our relays have of a key, or null.</summary>
    public async Task<NostrEvent?> LatestAsync(string pubkey, int kind, CancellationToken ct)
    {
        if (finders.FirstOrDefault() is not { } finder) return null;

        var found = await finder.FindAsync(
            new() { Kinds = [kind], Authors = [pubkey], Limit = 1 }, "jobs", [], Patience, ct);
        return found.FirstOrDefault();
    }
}
