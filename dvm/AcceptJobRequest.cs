using System.Data.Common;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A job request arrives over Nostr: one agent of ours is to answer, or nobody. It is refused with a code, quoted, or
/// becomes work; either way that is said exactly once, however often and wherever it arrives.
/// </summary>
public sealed partial class AcceptJobRequest(
    ChooseAgent choose, AdmitRequest admit, AcceptJob accept, PayJob pay, CancelJobRequest cancelled,
    TimeProvider clock, ILogger<AcceptJobRequest> log) : IEventReceiver
{
    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => [new() { Kinds = [.. admit.Kinds] }];

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
            (work, tags) = await admit.HandleAsync(request, agent, job, ct);
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

    /// <summary>The database or the process is going away: worth another try.</summary>
    static bool MayPass(Exception e) =>
        e is DbException or TimeoutException or OperationCanceledException or IOException or ObjectDisposedException;

    [LoggerMessage(LogLevel.Error, "Fell over {RequestId} of kind {Kind}")]
    partial void LogFellOver(string requestId, int kind, Exception e);
}
