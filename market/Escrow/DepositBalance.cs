using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Accounts;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>Money came in for a balance: anybody may add to it, and its key has an account from then on.</summary>
public sealed class DepositBalance : IPaymentReceiver
{
    public const string BalancePurpose = "balance";

    public string Word => BalancePurpose;

    /// <summary>Whether a payment that its rail calls so has come for this key.</summary>
    public static Task<bool> HasAsync(NpgsqlDataSource db, string key, string reference, CancellationToken ct) =>
        db.OneAsync<bool>(
            SelectPayment, new { purpose = new PaymentPurpose(BalancePurpose, key).ToString(), reference }, ct);

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        var key = payment.Purpose.Subject;
        if (!await PaymentRecord.Of(payment, null, "credited").AddAsync(tx, ct))
        {
            throw new ProblemException(LedgerProblems.Conflict);
        }

        await OpenAccount.HandleAsync(tx, key, AccountRole.Customer, "", ct);
        await Books.PostAsync(
            tx,
            new Transfer(
                Uuid5.Of("deposit", payment.Id.ToString()), payment.Source, AccountCode.Balance(key), payment.Amount,
                "deposit", payment.Id.ToString()),
            ct);
    }

    const string SelectPayment =
        "select exists (select from market.payment where purpose = @purpose and reference = @reference)";
}
