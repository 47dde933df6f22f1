using System.Collections.Concurrent;
using PoA.Nostr.Market.Index;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Where a customer hears the answers, besides our own relays: those that the request names, then those where the
/// customer reads (NIP-65). Strangers' URLs all: the outbox vets them before anything is dialled.
/// </summary>
public sealed class AnswerRelays(
    LookUpEvents index, OpenRequest open, IOwnRelays own, IRelayLimits limits, TimeProvider clock)
{
    const int KeptMax = 10_000;
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<string, Entry> _kept = new(StringComparer.Ordinal);

    /// <param name="request">Names some, in its tags or in its ciphertext.</param>
    /// <param name="agent">Who can open it.</param>
    /// <param name="ct">Stops the looking.</param>
    public async ValueTask<IReadOnlyList<string>> ForAsync(NostrEvent request, string agent, CancellationToken ct)
    {
        var named = await NamedAsync(request, agent, ct);
        if (named.Count >= Limits.AnswerRelaysMax) return [.. named.Take(Limits.AnswerRelaysMax)];

        var read = await ReadAsync(request.Pubkey, ct);
        return read.Count == 0 ? named : [.. named.Concat(read).Distinct().Take(Limits.AnswerRelaysMax)];
    }

    /// <summary>What an answer may weigh that goes to these relays and to ours.</summary>
    public AnswerRoom RoomAt(IReadOnlyList<string> destinations) =>
        AnswerRoom.Of(own.For("jobs").Concat(destinations).Select(limits.Of));

    async ValueTask<IReadOnlyList<string>> NamedAsync(NostrEvent request, string agent, CancellationToken ct)
    {
        try
        {
            return (await open.ReadAsync(request, agent, ct)).Relays;
        }
        catch (ProblemException)
        {
            // What cannot be opened is answered where it says so in the open.
            return Nip90Words.ReadRequest(request.Tags, "").Relays;
        }
    }

    async ValueTask<IReadOnlyList<string>> ReadAsync(string customer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_kept.TryGetValue(customer, out var kept) && kept.Until > now) return kept.Relays;

        var read = await index.ReadRelaysAsync(customer, Limits.AnswerRelaysMax, ct);
        if (_kept.Count >= KeptMax) _kept.Clear();
        _kept[customer] = new(read, now + KeptFor);
        return read;
    }

    sealed record Entry(IReadOnlyList<string> Relays, DateTimeOffset Until);
}
