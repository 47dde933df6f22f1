using Npgsql;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Accounts;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Money for an agent that is for no job: it is its owner's, whole. An agent that is gone has none, so that it waits
/// on the balance of the agent's own key.
/// </summary>
public sealed class ReceiveGift(AgentDirectory agents) : IPaymentReceiver
{
    public string Word => ReceiveInvoice.GiftPurpose;

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        var invoice = await LnurlInvoices.FindAsync(tx, Guid.Parse(payment.Purpose.Subject), ct)
            ?? throw new InvalidOperationException($"There is no LNURL invoice {payment.Purpose.Subject}.");
        if (!await PaymentRecord.Of(payment, null, "credited").AddAsync(tx, ct))
        {
            throw new ProblemException(LedgerProblems.Conflict);
        }

        var owner = agents.Find(invoice.Payee)?.Owner ?? invoice.Payee;
        await OpenAccount.HandleAsync(tx, owner, AccountRole.Developer, "", ct);
        await Books.PostAsync(
            tx,
            new Transfer(
                Uuid5.Of("gift", payment.Id.ToString()), payment.Source, AccountCode.Balance(owner), payment.Amount,
                "deposit", payment.Id.ToString()),
            ct);
    }
}
