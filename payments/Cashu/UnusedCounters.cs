using System.Collections.Concurrent;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// The keyset for new ecash, whose counters are known to be unused. A database that was lost, or is an old copy, names
/// counters that the mint has signed already: it would answer with the old signatures, and what was spent long ago
/// would be taken for money. So before a process asks for its first signatures of a keyset, the mint is asked what it
/// signed ahead of us; what is found is ours, and the counters go on behind it.
/// </summary>
sealed class UnusedCounters(MintKeysets keysets, RestoreWallet restore)
{
    readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <exception cref="ProblemException">The mint has none that fits, or does not answer.</exception>
    public async Task<Keyset> ActiveAsync(string mint, CancellationToken ct)
    {
        var active = await keysets.ActiveAsync(mint, ct);
        if (_known.ContainsKey(active.Id)) return active;

        await restore.AheadAsync(mint, active, ct);
        _known[active.Id] = true;
        return active;
    }
}
