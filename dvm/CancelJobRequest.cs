using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A customer deletes a request (NIP-09): the job is cancelled if it is still in work, and theirs. Relays keep no
/// order, so a deletion is remembered for the request that comes after it; those from before a start are in the index.
/// </summary>
public sealed class CancelJobRequest(
    CancelJob cancel, LookUpEvents index, IOptions<DvmOptions> options, TimeProvider clock) : IEventReceiver
{
    const int Deletion = 5;
    const int RememberedMax = 100_000;

    readonly ConcurrentDictionary<(string Customer, string RequestId), bool> _deleted = [];
    volatile bool _knowsPast;

    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => [new() { Kinds = [Deletion] }];

    /// <summary>Deletions say what they delete by a k tag; one that does not may mean a job.</summary>
    public bool Wants(NostrEvent candidate) =>
        candidate.HasTag("e") && (!candidate.HasTag("k") || candidate.TagsNamed("k").Any(IsJobRequest));

    public Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        List<string> ids =
        [
            .. received.Event.TagsNamed("e").Select(tag => tag[1]).Where(Hex.Is32).Distinct().Take(Limits.JobTagsMax),
        ];
        if (_deleted.Count >= RememberedMax) _deleted.Clear();
        foreach (var id in ids) _deleted[(received.Event.Pubkey, id)] = true;
        return cancel.HandleAsync(received.Event.Pubkey, ids, ct);
    }

    /// <summary>Null unless its own customer has deleted it.</summary>
    internal async ValueTask<Problem?> RefuseAsync(NostrEvent request, CancellationToken ct)
    {
        if (!_knowsPast) await LearnPastAsync(ct);
        return IsDeleted(request) ? JobProblems.Cancelled : null;
    }

    /// <summary>For a request whose deletion came while it was taken in, and found no job yet.</summary>
    internal Task CancelDeletedAsync(NostrEvent request, CancellationToken ct) =>
        IsDeleted(request) ? cancel.HandleAsync(request.Pubkey, [request.Id], ct) : Task.CompletedTask;

    bool IsDeleted(NostrEvent request) => _deleted.ContainsKey((request.Pubkey, request.Id));

    /// <summary>Twice at once does no harm. No deletion is older than the request it means.</summary>
    async Task LearnPastAsync(CancellationToken ct)
    {
        var since = clock.GetUtcNow() - options.Value.RequestAgeMax;
        foreach (var past in await index.DeletedSinceAsync(since, RememberedMax / 2, ct)) _deleted[past] = true;
        _knowsPast = true;
    }

    static bool IsJobRequest(string[] tag) =>
        int.TryParse(tag[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
        && EventKinds.IsJobRequest(kind);
}
