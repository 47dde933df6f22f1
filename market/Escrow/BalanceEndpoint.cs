using System.Security.Cryptography;
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
        HttpRequest request, NpgsqlDataSource db, TimeProvider clock, CancellationToken ct)
    {
        var key = Key(request, [], clock);
        return TypedResults.Ok(new Balance(key, (await Books.AvailableAsync(db, AccountCode.Balance(key), ct)).Value));
    }

    /// <summary>As often as it is asked for; the token is shown to its payer again.</summary>
    static async Task<Ok<RefundAnswer>> RefundAsync(
        Guid id, HttpRequest request, NpgsqlDataSource db, TimeProvider clock, CancellationToken ct)
    {
        var key = Key(request, [], clock);
        var refund = (await db.OneAsync<RefundRow>(SelectRefund, new { id, key }, ct))?.ToRefund()
            ?? throw new ProblemException(EscrowProblems.RefundUnknown);
        return TypedResults.Ok(new RefundAnswer(
            refund.Id, refund.Job, refund.State, refund.Amount.Value, refund.Reason, refund.Way, refund.Token));
    }

    static async Task<Ok<PayoutAnswer>> PayoutAsync(
        HttpRequest request, RequestPayout payouts, TimeProvider clock, CancellationToken ct)
    {
        var body = await CashuEndpoint.BodyAsync(request, ct);
        var key = Key(request, body, clock);
        var order = PayoutOrder.Parse(body);
        return Answer(await payouts.HandleAsync(order.Id, key, Msat.FromSat(order.AmountSat), order.To, ct));
    }

    static async Task<Ok<PayoutAnswer>> FindPayoutAsync(
        Guid id, HttpRequest request, RequestPayout payouts, TimeProvider clock, CancellationToken ct) =>
        Answer(await payouts.FindAsync(id, Key(request, [], clock), ct));

    static Ok<PayoutAnswer> Answer(Payout payout) => TypedResults.Ok(new PayoutAnswer(
        payout.Id, payout.State, payout.Amount.Value, payout.Way, payout.Target, payout.Token, payout.Preimage));

    /// <summary>Whoever signed for this very request.</summary>
    static string Key(HttpRequest request, byte[] body, TimeProvider clock)
    {
        var signed = Nip98Words.TryRead(request.Headers.Authorization, out var problem)
            ?? throw new ProblemException(problem!);
        var url = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";
        var payload = body.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(body));
        problem = Nip98Words.Refuse(signed.Event, request.Method, url, payload, clock.GetUtcNow());
        return problem is null ? signed.Event.Pubkey : throw new ProblemException(problem);
    }

    sealed record DepositOrder(long AmountSat);

    sealed record Invoice(string Bolt11, string PaymentHash);

    sealed record Balance(string Key, long AvailableMsat);

    sealed record RefundAnswer(
        Guid Id, string? Job, string State, long AmountMsat, string Reason, string? Way, string? Token);

    sealed record PayoutAnswer(
        Guid Id, string State, long AmountMsat, string Way, string To, string? Token, string? Preimage);

    const string SelectRefund = $"select {RefundRow.Columns} from market.refund r where r.id = @id and r.payer = @key";
}
