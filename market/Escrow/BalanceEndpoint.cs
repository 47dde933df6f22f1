using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// A key's money over HTTP: anybody may add to a balance; what there is, what is owed back and what leaves is for its
/// own key (NIP-98).
/// </summary>
static class BalanceEndpoint
{
    public static void MapBalances(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/balances/{key:length(64)}/invoices", InvoiceAsync);
        routes.MapGet("/balance", BalanceAsync);
        routes.MapGet("/refunds/{id:guid}", RefundAsync);
        routes.MapPost("/payouts", PayoutAsync);
        routes.MapGet("/payouts/{id:guid}", FindPayoutAsync);
        routes.MapPut("/payouts/{id:guid}", ReplacePayoutAsync);
    }

    static async Task<Ok<Invoice>> InvoiceAsync(
        string key, DepositOrder order, IEnumerable<ILightningGateway> gateways, TimeProvider clock,
        CancellationToken ct)
    {
        if (!Hex.Is32(key)) throw new ProblemException(EscrowProblems.KeyMalformed);
        if (order.AmountSat is < 1 or > 10_000_000) throw new ProblemException(LedgerProblems.AmountOutOfRange);
        var gateway = gateways.FirstOrDefault() ?? throw new ProblemException(EscrowProblems.NoRail);
        var invoice = await gateway.RequestAsync(
            new(
                Guid.NewGuid(), new(DepositBalance.BalancePurpose, key), "bolt11", Msat.FromSat(order.AmountSat),
                "Deposit", clock.GetUtcNow() + TimeSpan.FromHours(1)),
            ct);
        return TypedResults.Ok(new Invoice(invoice.Bolt11, invoice.PaymentHash));
    }

    static async Task<Ok<Balance>> BalanceAsync(
        HttpRequest request, SignedRequest signed, NpgsqlDataSource db, CancellationToken ct)
    {
        var key = signed.Key(request, []);
        return TypedResults.Ok(new Balance(key, (await Books.AvailableAsync(db, AccountCode.Balance(key), ct)).Value));
    }

    /// <summary>As often as it is asked for; the token is shown to its payer again.</summary>
    static async Task<Ok<RefundAnswer>> RefundAsync(
        Guid id, HttpRequest request, SignedRequest signed, NpgsqlDataSource db, CancellationToken ct)
    {
        var key = signed.Key(request, []);
        var refund = (await db.OneAsync<RefundRow>(SelectRefund, new { id, key }, ct))?.ToRefund()
            ?? throw new ProblemException(EscrowProblems.RefundUnknown);
        return TypedResults.Ok(new RefundAnswer(
            refund.Id, refund.Job, refund.State, refund.Amount.Value, refund.Reason, refund.Way, refund.Token));
    }

    static async Task<Ok<PayoutAnswer>> PayoutAsync(
        HttpRequest request, SignedRequest signed, RequestPayout payouts, CancellationToken ct)
    {
        var body = await CashuEndpoint.BodyAsync(request, ct);
        var key = signed.Key(request, body);
        var order = PayoutOrder.Parse(body);
        return Answer(await payouts.HandleAsync(order.Id, key, order.Amount, order.To, ct));
    }

    static async Task<Ok<PayoutAnswer>> FindPayoutAsync(
        Guid id, HttpRequest request, SignedRequest signed, RequestPayout payouts, CancellationToken ct) =>
        Answer(await payouts.FindAsync(id, signed.Key(request, []), ct));

    static async Task<Ok<PayoutAnswer>> ReplacePayoutAsync(
        Guid id, HttpRequest request, SignedRequest signed, RequestPayout payouts, CancellationToken ct)
    {
        var body = await CashuEndpoint.BodyAsync(request, ct);
        var key = signed.Key(request, body);
        return Answer(await payouts.ReplaceAsync(id, key, PayoutOrder.Parse(body).To, ct));
    }

    static Ok<PayoutAnswer> Answer(Payout payout) => TypedResults.Ok(new PayoutAnswer(
        payout.Id, payout.State, payout.Amount.Value, payout.Way, payout.Target, payout.Token, payout.Preimage,
        payout.Problem));

    sealed record DepositOrder(long AmountSat);

    sealed record Invoice(string Bolt11, string PaymentHash);

    sealed record Balance(string Key, long AvailableMsat);

    sealed record RefundAnswer(
        Guid Id, string? Job, string State, long AmountMsat, string Reason, string? Way, string? Token);

    sealed record PayoutAnswer(
        Guid Id, string State, long AmountMsat, string Way, string To, string? Token, string? Preimage,
        string? Problem);

    const string SelectRefund = $"select {RefundRow.Columns} from market.refund r where r.id = @id and r.payer = @key";
}
