using System.Globalization;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>A customer deletes a request (NIP-09): the job is cancelled if it is still in work, and theirs.</summary>
public sealed class CancelJobRequest(CancelJob cancel) : IEventReceiver
{
    const int Deletion = 5;

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
        return cancel.HandleAsync(received.Event.Pubkey, ids, ct);
    }

    static bool IsJobRequest(string[] tag) =>
        int.TryParse(tag[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
        && EventKinds.IsJobRequest(kind);
}
