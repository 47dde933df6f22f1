using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Back to the Lightning address in the payer's profile. What the way costs is ours; the invoice is fetched once and
/// kept before it is paid.
/// </summary>
public sealed class RefundByLightning(
    NpgsqlDataSource db, IEnumerable<ILightningGateway> gateways, IEnumerable<PayAddress> addresses,
    MessageRelays relays, FinishRefund finish) : IRefundWay
{
    const int Profile = 0;

    public string Name => "lightning";

    public async Task<bool> IsOpenAsync(Refund refund, CancellationToken ct) =>
        gateways.Any() && addresses.Any() && refund.Amount.Sat > 0 && refund.Amount.Value % 1_000 == 0
        && await AddressAsync(refund, ct) is not null;

    public async Task<bool> PayAsync(Refund refund, CancellationToken ct)
    {
        var reserve = RequestPayout.ReserveOf(refund.Amount);
        if (refund.Target is not { } invoice)
        {
            if (await InvoiceAsync(refund, ct) is not { } fetched) return false;
            invoice = await KeepAsync(refund, fetched, reserve, ct);
        }

        switch (await gateways.First().PayAsync(new(refund.Id, AccountCode.Refund(refund.Id), invoice, reserve), ct))
        {
            case PayOutcome.Succeeded:
                await finish.HandleAsync(
                    refund, "collected", Name, tx => ReturnReserveAsync(tx, refund, Msat.Zero, ct), ct);
                return true;
            case PayOutcome.Failed:
                await db.InTransactionAsync(tx => ReturnReserveAsync(tx, refund, refund.Amount, ct), ct);
                return false;
            default:
                throw new ProblemException(EscrowProblems.OutcomeUnknown);
        }
    }

    async Task<string?> InvoiceAsync(Refund refund, CancellationToken ct)
    {
        try
        {
            return await AddressAsync(refund, ct) is { } address
                ? (await addresses.First().InvoiceAsync(address, refund.Amount, "Refund", ct)).Text
                : null;
        }
        catch (ProblemException)
        {
            // Nothing was paid: another way.
            return null;
        }
    }

    /// <summary>The invoice that was kept first stays the one.</summary>
    Task<string> KeepAsync(Refund refund, string invoice, Msat reserve, CancellationToken ct) => db.InTransactionAsync(
        async tx =>
        {
            var kept = await tx.OneAsync<string>(Keep, new { refund.Id, invoice }, ct);
            await Books.PostAsync(
                tx,
                new Transfer(
                    Uuid5.Of("refund-reserve", refund.Id.ToString()), AccountCode.RailCost,
                    AccountCode.Refund(refund.Id), reserve, "refund-reserve", refund.Id.ToString()),
                ct);
            return kept!;
        },
        ct);

    /// <summary>What is above the amount that stays owed goes back to where the reserve came from.</summary>
    static async Task ReturnReserveAsync(NpgsqlTransaction tx, Refund refund, Msat owed, CancellationToken ct)
    {
        var account = AccountCode.Refund(refund.Id);
        var left = await Books.BalanceAsync(tx, account, ct) - owed;
        if (left <= Msat.Zero) return;

        await Books.PostAsync(
            tx,
            new Transfer(
                Uuid5.Of("refund-unspent", refund.Id.ToString()), account, AccountCode.RailCost, left,
                "refund-unspent", refund.Id.ToString()),
            ct);
    }

    async Task<string?> AddressAsync(Refund refund, CancellationToken ct)
    {
        if (await relays.LatestAsync(refund.Payer!, Profile, ct) is not { } profile) return null;
        try
        {
            using var json = JsonDocument.Parse(profile.Content);
            return json.RootElement.TryGetProperty("lud16", out var address) ? address.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    const string Keep = """
        update market.refund
           set target = coalesce(target, @invoice), changed_at = now()
         where id = @Id
        returning target
        """;
}
