using System.Text;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A wallet answers a payment request by a private message to the agent (NUT-18 over NIP-17): the message is the
/// ecash, its id the job's. Other messages are nobody's business here.
/// </summary>
public sealed partial class HearPayment(
    AgentDirectory agents, PayWithToken tokens, TellRefusal refusals, ILogger<HearPayment> log) : IEventReceiver
{
    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters => AgentFilters.ToAgents(agents, Nip59Words.WrapKind);

    public bool Wants(NostrEvent candidate) => AgentFilters.Addressed(agents, candidate) is not null;

    public async Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var wrap = received.Event;
        var agent = AgentFilters.Addressed(agents, wrap)!;
        var message = await Nip17Words.OpenAsync(agents.Signer(agent), wrap, ct);
        if (!message.Text.TrimStart().StartsWith('{')) return;

        var payload = PaymentPayload.Parse(Encoding.UTF8.GetBytes(message.Text));
        if (payload.Id is not { } job) return;

        var outcome = await tokens.ForJobAsync(job, payload.Token, new("cashu", message.Author), ct);
        if (outcome.Refusal is not { } problem) return;

        LogRefused(wrap.Id, job, problem.Code);
        await refusals.HandleAsync(job, message.Author, problem, ct);
    }

    [LoggerMessage(LogLevel.Information, "The ecash in {WrapId} for {JobId} is refused: {Code}")]
    partial void LogRefused(string wrapId, string jobId, string code);
}
