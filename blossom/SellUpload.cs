using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// Paid uploads (BUD-07), where the operator names a price: asked for with a 402, checked before the bytes come, taken
/// when they are whole and have their hash, charged in the transaction that keeps them. A blob that the key owns here
/// is paid already.
/// </summary>
public sealed class SellUpload(NpgsqlDataSource db, IEnumerable<IBlobTill> tills, IOptions<BlossomOptions> options)
{
    const long MegabyteBytes = 1_000_000;

    static readonly string[] Headers = ["X-Cashu", "X-Lightning"];

    readonly IBlobTill? _till = tills.SingleOrDefault();

    /// <summary>Each megabyte that has begun costs a whole one. Null: nothing to pay.</summary>
    internal Msat? PriceOf(string owner, long size) =>
        _till is not null && options.Value.SatPerMegabyte is { } each && !_till.IsFree(owner)
            ? Msat.FromSat(checked(Math.Max(1, (size + MegabyteBytes - 1) / MegabyteBytes) * each))
            : null;

    /// <summary>Null where nothing is to be paid; else the payment that came with the request.</summary>
    /// <param name="http">Without a payment it is answered with what is asked for.</param>
    /// <param name="owner">Who uploads.</param>
    /// <param name="sha256">Where it is known.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="ct">Ends the question.</param>
    /// <exception cref="ProblemException"><see cref="BlossomProblems.PaymentRequired"/>, or what is wrong.</exception>
    public async Task<BlobPayment?> RequireAsync(
        HttpContext http, string owner, string? sha256, long size, CancellationToken ct)
    {
        if (PriceOf(owner, size) is not { } price) return null;
        if (sha256 is not null && await db.OneAsync<bool>(SelectOwned, new { owner, sha256 }, ct)) return null;
        if (PaymentOf(http.Request) is not { } payment || HttpMethods.IsHead(http.Request.Method))
        {
            throw new ProblemException(await DemandAsync(http.Response, owner, price, ct));
        }

        return await _till!.RefuseAsync(payment, price, ct) is { } wrong ? throw Refused(wrong) : payment;
    }

    /// <summary>After the bytes are here, and are those of the token.</summary>
    public async Task TakeAsync(string owner, BlobPayment? payment, CancellationToken ct)
    {
        if (payment is not null && await _till!.TakeAsync(owner, payment, ct) is { } wrong) throw Refused(wrong);
    }

    /// <summary>In the transaction in which the key comes to own the blob.</summary>
    public async Task ChargeAsync(NpgsqlTransaction tx, string owner, string sha256, long size, CancellationToken ct)
    {
        if (PriceOf(owner, size) is { } price
            && await _till!.ChargeAsync(tx, owner, sha256, price, ct) is { } wrong)
        {
            throw Refused(wrong);
        }
    }

    async Task<Problem> DemandAsync(HttpResponse response, string owner, Msat price, CancellationToken ct)
    {
        var demand = await _till!.DemandAsync(owner, price, ct);
        if (demand is { Cashu: null, Lightning: null }) return BlossomProblems.NoWayToPay;
        if (demand.Cashu is not null) response.Headers[Headers[0]] = demand.Cashu;
        if (demand.Lightning is not null) response.Headers[Headers[1]] = demand.Lightning;
        return BlossomProblems.PaymentRequired with { Price = price, Detail = $"That is {price.Sat} sat." };
    }

    static BlobPayment? PaymentOf(HttpRequest request) => Headers
        .Select(name => new BlobPayment(name, request.Headers[name].ToString()))
        .FirstOrDefault(payment => payment.Proof.Length > 0);

    /// <summary>BUD-07 has one status for a payment that is wrong; what only takes time keeps its own.</summary>
    static ProblemException Refused(Problem problem) =>
        new(problem.Recovery == RecoveryAction.RetryLater ? problem : problem with { HttpStatus = 400 });

    const string SelectOwned = "select exists (select from blossom.owner where pubkey = @owner and sha256 = @sha256)";
}
