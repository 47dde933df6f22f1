using System.Globalization;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Reads a request for one of our agents into work, or throws the coded reason why it is not taken. Cheap checks come
/// first, then the lane, and only then decryption and what the kind says.
/// </summary>
public sealed class AdmitRequest(
    IEnumerable<JobKind> kinds, AdmissionLanes lanes, OpenRequest open, CancelJobRequest cancelled,
    IOptions<DvmOptions> options)
{
    readonly Dictionary<int, JobKind> _kinds = kinds.ToDictionary(kind => kind.Kind);

    /// <summary>The kinds of request that are answered here, in order.</summary>
    public IReadOnlyList<int> Kinds => [.. _kinds.Keys.Order()];

    public async Task<(JobWork Work, RequestTags Tags)> HandleAsync(
        NostrEvent request, Agent agent, Job job, CancellationToken ct)
    {
        Ensure(Refuse(request, agent, job.ReceivedAt, options.Value));
        Ensure(await cancelled.RefuseAsync(request, ct));
        Ensure(await lanes.RefuseAsync(request, ct));

        var kind = _kinds[request.Kind];
        var tags = await open.ReadAsync(request, agent.Pubkey, ct);
        Ensure(Refuse(tags.Bid, job.Price));
        var work = await open.WorkAsync(request, tags, agent.Pubkey, job.ReceivedAt + kind.Deadline, ct);
        Ensure(kind.Refuse(work));
        return (work, tags);
    }

    /// <summary>Pure, so that each rule is one line of test. Null means welcome, so far.</summary>
    internal static Problem? Refuse(NostrEvent request, Agent agent, DateTimeOffset now, DvmOptions options)
    {
        var ahead = request.CreatedAt - now.ToUnixTimeSeconds();
        return
            request.Tags.Length > Limits.JobTagsMax ? DvmProblems.TooManyTags :
            ahead > options.RequestAheadMax.TotalSeconds ? DvmProblems.FromTheFuture :
            -ahead > options.RequestAgeMax.TotalSeconds || HasExpired(request, now) ? DvmProblems.Expired :
            !agent.Prices.ContainsKey(request.Kind) ? DvmProblems.KindNotSold :
            null;
    }

    /// <summary>No bid asks for a quote; one below the price is refused and told it.</summary>
    internal static Problem? Refuse(Msat? bid, Msat price) =>
        bid is { } offered && offered < price ? DvmProblems.BidTooLow with { Price = price } : null;

    /// <summary>NIP-40.</summary>
    static bool HasExpired(NostrEvent request, DateTimeOffset now) =>
        long.TryParse(request.Tag("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= now.ToUnixTimeSeconds();

    static void Ensure(Problem? problem)
    {
        if (problem is not null) throw new ProblemException(problem);
    }
}
