using Npgsql;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// What the operator puts in: rails cost it before there are fees, and refunds as tokens need ecash to be made of.
/// </summary>
public sealed class DepositTreasury : IPaymentReceiver
{
    public const string TreasuryPurpose = "treasury";

    public string Word => TreasuryPurpose;

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        if (!await PaymentRecord.Of(payment, null, "credited").AddAsync(tx, ct))
        {
            throw new ProblemException(LedgerProblems.Conflict);
        }

        await Books.PostAsync(
            tx,
            new Transfer(
                Uuid5.Of("treasury", payment.Id.ToString()), payment.Source, AccountCode.Treasury, payment.Amount,
                "deposit", payment.Id.ToString()),
            ct);
    }
}
