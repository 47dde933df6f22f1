using Npgsql;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// A nutzap that was redeemed is said to be (NIP-61, kind 7376), whatever became of its job: who sent it sees that its
/// agent has it, and how much that was only the agent can read.
/// </summary>
public sealed class TellRedeemed(AgentDirectory agents, IOutbox outbox, TimeProvider clock)
{
    /// <summary>Nothing for a payment that was no nutzap.</summary>
    public async Task HandleAsync(NpgsqlTransaction tx, string agent, ReceivedPayment payment, CancellationToken ct)
    {
        if (payment is not { Nutzap: { } zap, Payer: { } sender }) return;

        var signer = agents.Signer(agent);
        var said = await signer.SignAsync(
            await Nip60Words.RedeemedAsync(
                signer, zap, sender, payment.Amount.Sat, clock.GetUtcNow().ToUnixTimeSeconds(), ct),
            ct);
        await outbox.AddAsync(tx, [new(said, [], "jobs")], ct);
    }
}
