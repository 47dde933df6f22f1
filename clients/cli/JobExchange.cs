using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Relays;

namespace PoA.Nostr.Cli;

/// <summary>Sends a request and hands each valid answer to the printer, up to the final one.</summary>
static class JobExchange
{
    const int AnswersMax = 256;

    /// <exception cref="ProblemException">It ended in anything but a result.</exception>
    public static async Task RunAsync(
        JobRequest request, IReadOnlyList<string> relays, JobPayer payer, JobPrinter printer, TimeSpan wait,
        CancellationToken ct)
    {
        await using var pool = new RelayPool(
            new() { PublishTimeout = wait < TimeSpan.FromSeconds(10) ? wait : TimeSpan.FromSeconds(10) },
            new LocalSigner(request.Key), null, TimeProvider.System, NullLogger<RelayPool>.Instance);
        using var late = new CancellationTokenSource(wait);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        var answers = Channel.CreateBounded<NostrEvent>(AnswersMax);
        var wanted = new Filter
        {
            Kinds = [Nip90Words.FeedbackKind, Nip90Words.ResultKind(request.Event.Kind)],
            Tags = new Dictionary<char, IReadOnlyList<string>> { ['e'] = [request.Event.Id] },
        };
        try
        {
            foreach (var relay in relays)
            {
                await pool.Ours(relay).SubscribeAsync(
                    "job", [wanted], received => answers.Writer.WriteAsync(received, either.Token));
            }

            await PublishAsync(pool, request, relays, either.Token);
            printer.Sent(request.Event);
            await ReadAsync(request, wanted, answers.Reader, payer, printer, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(printer.HasAnswers ? CliProblems.NoAnswer : CliProblems.Unheard);
        }
    }

    static async Task PublishAsync(
        RelayPool pool, JobRequest request, IReadOnlyList<string> relays, CancellationToken ct)
    {
        var published = pool.Publish(request.Event, relays, ct);
        if (await RelayPool.AnyAcceptsAsync(published)) return;

        var answers = await Task.WhenAll(published);
        var refused = answers.FirstOrDefault(answer => answer.Outcome == RelayOutcome.Refused);
        throw new ProblemException(refused is not null
            ? CliProblems.RelayRefuses with { Detail = refused.Reason.Text }
            : CliProblems.RelaySilent with { Detail = string.Join(' ', answers.Select(answer => answer.Reason.Text)) });
    }

    static async Task ReadAsync(
        JobRequest request, Filter wanted, ChannelReader<NostrEvent> answers, JobPayer payer, JobPrinter printer,
        CancellationToken ct)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        await foreach (var answer in answers.ReadAllAsync(ct))
        {
            if (!wanted.Matches(answer) || (request.Agent is { } agent && answer.Pubkey != agent)) continue;
            if (!seen.Add(answer.Id) || VerifiedEvent.TryVerify(answer, out _) is null) continue;

            var read = JobAnswer.Read(answer, request);
            printer.Answered(read);
            if (read.Status == "success") return;
            if (read.IsQuote && await payer.PayAsync(read, ct)) continue;
            if (read.Problem is { } problem) throw new ProblemException(problem);
        }
    }
}
