using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// POST /payments/cashu: a wallet answers a payment request (NUT-18) over HTTP. The payload's id is the job's.
/// </summary>
static class CashuEndpoint
{
    public const string Path = "/payments/cashu";

    const int BodyBytesMax = 512 * 1024;

    public static void MapCashuPayments(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, PayAsync);
        routes.MapPost("/balances/{key:length(64)}/cashu", DepositAsync);
        routes.MapPost("/treasury/cashu", FillTreasuryAsync);
    }

    static async Task<Results<Ok<Paid>, Accepted<Waits>>> PayAsync(
        HttpRequest request, PayWithToken tokens, CancellationToken ct)
    {
        var payload = PaymentPayload.Parse(await BodyAsync(request, ct));
        if (payload.Id is not { } job) throw new ProblemException(EscrowProblems.NoSuchJob);
        return Answer(await tokens.ForJobAsync(job, payload.Token, new("cashu", null), ct));
    }

    /// <summary>The body is a token as it is, or a payload.</summary>
    static async Task<Results<Ok<Paid>, Accepted<Waits>>> DepositAsync(
        string key, HttpRequest request, PayWithToken tokens, CancellationToken ct)
    {
        if (!Hex.Is32(key)) throw new ProblemException(EscrowProblems.KeyMalformed);
        var token = TokenIn(await BodyAsync(request, ct));
        return Answer(await tokens.ForBalanceAsync(key, token, ct));
    }

    /// <summary>The operator's float; a stranger may add to it too.</summary>
    static async Task<Results<Ok<Paid>, Accepted<Waits>>> FillTreasuryAsync(
        HttpRequest request, PayWithToken tokens, CancellationToken ct) =>
        Answer(await tokens.ForTreasuryAsync(TokenIn(await BodyAsync(request, ct)), ct));

    /// <summary>What arrived of what was given, and what mints took; or that the mint has not said yet.</summary>
    static Results<Ok<Paid>, Accepted<Waits>> Answer(ReceiveOutcome outcome) => outcome switch
    {
        ReceiveOutcome.Received(var amount, var given) => TypedResults.Ok(
            new Paid("accepted", given.Value, amount.Value, (given - amount).Value)),
        { Refusal: { } problem } => throw new ProblemException(problem),
        _ => TypedResults.Accepted((string?)null, new Waits("waiting")),
    };

    static CashuToken TokenIn(byte[] body) => body.AsSpan().StartsWith("cashu"u8)
        ? CashuToken.Parse(System.Text.Encoding.UTF8.GetString(body).Trim())
        : PaymentPayload.Parse(body).Token;

    internal static async Task<byte[]> BodyAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (body.Length + read > BodyBytesMax) throw new ProblemException(CashuProblems.TokenTooLarge);
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    sealed record Paid(string State, long GivenMsat, long AmountMsat, long FeeMsat);

    sealed record Waits(string State);
}
