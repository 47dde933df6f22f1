namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// One job from its executor to its end: delivered when the output passes its check, failed with a code when the
/// executor says so or the deadline passes, tried again a few times when the executor crashes.
/// </summary>
public sealed class RunJob(
    IEnumerable<JobOffer> offers, JobEdges edges, DeliverJob deliver, FailJob fail, RetryJob retry, TimeProvider clock)
{
    readonly Dictionary<int, JobOffer> _offers = offers.ToDictionary(offer => offer.Kind);

    /// <param name="held">What to work on.</param>
    /// <param name="ct">Cancelled when the process stops: the job stays as it is, for whoever claims it next.</param>
    internal async Task HandleAsync(JobInHand held, CancellationToken ct)
    {
        if (retry.IsExhausted(held.Job))
        {
            await fail.HandleAsync(held.Job, JobProblems.ExecutorCrashed, ct);
            return;
        }

        using var due = CancellationTokenSource.CreateLinkedTokenSource(ct, held.Stopped);
        due.CancelAfter(Left(held));
        try
        {
            var output = await OutputAsync(held, due.Token);
            await deliver.HandleAsync(held.Job, output, ct);
        }
        catch (ProblemException e)
        {
            await fail.HandleAsync(held.Job, e.Problem, ct);
        }
        catch (OperationCanceledException) when (due.IsCancellationRequested)
        {
            ct.ThrowIfCancellationRequested();
            if (held.Stopped.IsCancellationRequested) return;
            await fail.HandleAsync(held.Job, JobProblems.DeadlinePassed, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            await retry.HandleAsync(held.Job, e, ct);
        }
    }

    TimeSpan Left(JobInHand held)
    {
        var left = held.SubmitBy - clock.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>An executor that does not listen to the token is left behind: what it says no longer counts.</summary>
    async Task<JobOutput> OutputAsync(JobInHand held, CancellationToken ct)
    {
        var job = held.Job;
        var executor = _offers.GetValueOrDefault(job.Kind)?.Executor
            ?? throw new ProblemException(JobProblems.ExecutorAbsent);
        var edge = edges.Of(job);
        var work = await edge.FetchAsync(held.Work ?? await edge.OpenAsync(job, ct), ct);
        var output = await executor.RunAsync(work, partial => PartAsync(held, partial, ct), ct).WaitAsync(ct);
        return await executor.VerifyAsync(work, output, ct).WaitAsync(ct) is { } problem
            ? throw new ProblemException(JobProblems.OutputRefused with { Detail = problem.Sentence })
            : output;
    }

    async Task PartAsync(JobInHand held, string partial, CancellationToken ct)
    {
        if (held.Partials++ >= deliver.PartsMax) return;
        held.Job = await deliver.PartAsync(held.Job, partial, ct) ?? throw new OperationCanceledException(Moved);
    }

    const string Moved = "The job has moved on: it was cancelled, or another process has it.";
}
