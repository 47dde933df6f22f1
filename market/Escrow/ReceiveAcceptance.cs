using System.Text;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// A zap on a result: a gift to the agent, and from the key that asked for the job the word that it is accepted.
/// </summary>
public sealed class ReceiveAcceptance(ReceiveGift gifts, MoveJobs moves) : IPaymentReceiver
{
    public string Word => AgentPayees.AcceptPurpose;

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        await gifts.ReceiveAsync(tx, payment, ct);
        var invoice = await LnurlInvoices.FindAsync(tx, Guid.Parse(payment.Purpose.Subject), ct);
        if (invoice?.ZapRequest is not { } text) return;
        if (EventJson.TryParse(Encoding.UTF8.GetBytes(text), out _) is not { } zap) return;

        var args = new { about = zap.Tag("e"), customer = zap.Pubkey };
        if ((await tx.OneAsync<JobRow>(SelectDelivered, args, ct))?.ToJob() is { } job)
        {
            await moves.MoveAsync(tx, SettleJob.Settle(job, "zap"), ct);
        }
    }

    const string SelectDelivered = $"""
        select {JobRows.Columns}
          from market.job j
          join market.job_answer a on a.job = j.id
         where a.event_id = @about and j.customer = @customer and j.status = 'delivered'
           for update of j
        """;
}
