using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A nutzap on a quote, a result or a request of ours pays its job (NIP-61). The proofs are swapped first and counted
/// then; anybody may publish them again, so who has paid is who signed the event that came first.
/// </summary>
public sealed partial class HearNutzap(
    AgentDirectory agents, FindAnswered answered, PayWithToken tokens, TellRefusal refusals, ILogger<HearNutzap> log)
    : IEventReceiver
{
    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => AgentFilters.ToAgents(agents, Nip61Words.ZapKind);

    public bool Wants(NostrEvent candidate) =>
        AgentFilters.Addressed(agents, candidate) is not null && Nip61Words.Zap(candidate) is { Event: not null };

    public async Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var zap = Nip61Words.Zap(received.Event)!;
        if (await answered.FindAsync(zap.Event!, ct) is not { } job)
        {
            LogForNothing(received.Event.Id);
            return;
        }

        if (await PayAsync(job.Job, zap, received.Event, ct) is not { } problem) return;

        LogRefused(received.Event.Id, job.Job, problem.Code);
        await refusals.HandleAsync(job.Job, received.Event.Pubkey, problem, ct);
    }

    async Task<Problem?> PayAsync(string job, Nutzap zap, NostrEvent brought, CancellationToken ct)
    {
        try
        {
            var source = new TokenSource("nutzap", brought.Pubkey, Nutzap: brought.Id);
            return (await tokens.ForJobAsync(job, NutzapToken.Read(zap), source, ct)).Refusal;
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    [LoggerMessage(LogLevel.Information, "The nutzap {ZapId} is for no job of ours, and stays its sender's")]
    partial void LogForNothing(string zapId);

    [LoggerMessage(LogLevel.Information, "The nutzap {ZapId} for {JobId} is refused: {Code}")]
    partial void LogRefused(string zapId, string jobId, string code);
}
