using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A job request arrives over Nostr: one agent of ours is to answer, or nobody. It is refused with a code, quoted, or
/// becomes work; either way that is said exactly once, however often and wherever it arrives.
/// </summary>
public sealed partial class AcceptJobRequest(
    IEnumerable<JobKind> kinds, ChooseAgent choose, AdmissionLanes lanes, OpenRequest open, AcceptJob accept,
    PayJob pay, CancelJobRequest cancelled, IOptions<DvmOptions> options, TimeProvider clock,
    ILogger<AcceptJobRequest> log) : IEventReceiver
{
    readonly Dictionary<int, JobKind> _kinds = kinds.ToDictionary(kind => kind.Kind);

    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => [new() { Kinds = [.. _kinds.Keys.Order()] }];

    public bool Wants(NostrEvent candidate) => choose.IsForUs(candidate);

    public async Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var request = received.Event;
        if (choose.For(request) is not { } agent) return;

        var job = pay.WithTerms(NostrEdge.Received(request, agent, clock.GetUtcNow()), agent);
        JobWork work;
        RequestTags tags;
        try
        {
            (work, tags) = await AdmitAsync(request, agent, job, ct);
        }
        catch (ProblemException e)
        {
            await accept.RejectAsync(job, e.Problem, ct);
            return;
        }
        catch (Exception e) when (!MayPass(e))
        {
            // It would fall over the same way each time, and its customer would hear nothing.
            LogFellOver(request.Id, request.Kind, e);
            await accept.RejectAsync(job, DvmProblems.AdmissionFailed, ct);
            return;
        }

        if (job.IsPaid) await pay.HandleAsync(job, work, new(tags.Pay, tags.Cashu), ct);
        else await accept.HandleAsync(job, work, source: null, ct);
        await cancelled.CancelDeletedAsync(request, ct);
    }

    /// <summary>Cheap checks first, then the lane, and only then decryption and what the kind says.</summary>
    async Task<(JobWork, RequestTags)> AdmitAsync(NostrEvent request, Agent agent, Job job, CancellationToken ct)
    {
        Ensure(Refuse(request, agent, job.ReceivedAt, options.Value));
        Ensure(cancelled.Refuse(request));
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

    /// <summary>The database or the process is going away: worth another try.</summary>
    static bool MayPass(Exception e) =>
        e is DbException or TimeoutException or OperationCanceledException or IOException or ObjectDisposedException;

    /// <summary>NIP-40.</summary>
    static bool HasExpired(NostrEvent request, DateTimeOffset now) =>
        long.TryParse(request.Tag("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= now.ToUnixTimeSeconds();

    static void Ensure(Problem? problem)
    {
        if (problem is not null) throw new ProblemException(problem);
    }

    [LoggerMessage(LogLevel.Error, "Fell over {RequestId} of kind {Kind}")]
    partial void LogFellOver(string requestId, int kind, Exception e);
}
