using Npgsql;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Accounts;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Back to the payer's balance in our own books: at once for who has an account here, and last for who has none and
/// cannot be reached in another way.
/// </summary>
public sealed class RefundToBalance(KnownAccounts accounts, FinishRefund finish) : IRefundWay
{
    public const string WayName = "balance";

    public string Name => WayName;

    public async Task<bool> IsOpenAsync(Refund refund, CancellationToken ct) =>
        await accounts.IsKnownAsync(refund.Payer!, ct);

    public async Task<bool> PayAsync(Refund refund, CancellationToken ct)
    {
        await finish.HandleAsync(refund, "collected", Name, tx => PostAsync(tx, refund, ct), ct);
        return true;
    }

    static async Task PostAsync(NpgsqlTransaction tx, Refund refund, CancellationToken ct)
    {
        await OpenAccount.HandleAsync(tx, refund.Payer!, AccountRole.Customer, "", ct);
        await Books.PostAsync(tx, ToBalance(refund), ct);
    }

    static Transfer ToBalance(Refund refund) => new(
        Uuid5.Of("refund-balance", refund.Id.ToString()), AccountCode.Refund(refund.Id),
        AccountCode.Balance(refund.Payer!), refund.Amount, "refund-balance", refund.Id.ToString());
}
