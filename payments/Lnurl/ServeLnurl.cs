using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>
/// Our LNURL server: the pay request (LUD-06, 16, 12, 18, NIP-57), its callback and the look at an invoice (LUD-21).
/// Browsers may ask; an error is LNURL's, with a status that says the same.
/// </summary>
public sealed class ServeLnurl(
    ILnurlPayees payees, RequestInvoice request, NpgsqlDataSource db, IOptions<LnurlOptions> options)
{
    readonly LnurlOptions _options = options.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/lnurlp/{name}", (HttpContext http, string name) => GuardAsync(http, () =>
            WriteAsync(http, StatusCodes.Status200OK, Describe(PayeeOf(name)), LnurlJson.Default.PayRequest)));
        routes.MapGet("/lnurlp/{name}/callback", (HttpContext http, string name, CancellationToken ct) =>
            GuardAsync(http, () => CallbackAsync(http, PayeeOf(name), ct)));
        routes.MapGet("/lnurlp/{name}/verify/{hash}", (
            HttpContext http, string name, string hash, CancellationToken ct) =>
            GuardAsync(http, () => VerifyAsync(http, PayeeOf(name), hash, ct)));
    }

    /// <summary>What a wallet shows before it pays; the same bytes each time (LUD-06, LUD-16).</summary>
    internal PayRequest Describe(LnurlPayee payee) => new(
        $"{_options.PublicUrl}/lnurlp/{payee.Slug}/callback", _options.SatMax * 1_000L, _options.SatMin * 1_000L,
        MetadataOf(payee), "payRequest", _options.CommentCharsMax, AllowsNostr: true, payee.Pubkey,
        new() { ["name"] = new(Mandatory: false), ["identifier"] = new(Mandatory: false) });

    string MetadataOf(LnurlPayee payee)
    {
        var address = $"{payee.Slug}@{new Uri(_options.PublicUrl).Authority}";
        string[][] metadata = [["text/plain", $"Sats for {payee.Name}"], ["text/identifier", address]];
        return JsonSerializer.Serialize(metadata, LnurlJson.Default.StringArrayArray);
    }

    async Task CallbackAsync(HttpContext http, LnurlPayee payee, CancellationToken ct)
    {
        var query = http.Request.Query;
        var asked = new LnurlCallback(
            query["amount"], query["comment"], NotEmpty(query["nostr"]), NotEmpty(query["payerdata"]));
        var requested = await request.HandleAsync(payee, asked, ct);
        var verify = $"{_options.PublicUrl}/lnurlp/{payee.Slug}/verify/{requested.PaymentHash}";
        await WriteAsync(
            http, StatusCodes.Status200OK, new(requested.Bolt11, [], verify), LnurlJson.Default.PayAnswer);
    }

    /// <summary>Who knows the payment hash may ask. The preimage stays with the mint that was paid.</summary>
    async Task VerifyAsync(HttpContext http, LnurlPayee payee, string hash, CancellationToken ct)
    {
        var invoice = Hex.Is32(hash) ? await LnurlInvoices.FindAsync(db, payee.Pubkey, hash, ct) : null;
        if (invoice?.Bolt11 is not { } bolt11) throw new ProblemException(LnurlProblems.UnknownInvoice);

        var answer = new VerifyAnswer("OK", invoice.SettledAt is not null, Preimage: null, bolt11);
        await WriteAsync(http, StatusCodes.Status200OK, answer, LnurlJson.Default.VerifyAnswer);
    }

    LnurlPayee PayeeOf(string name) =>
        (LnurlText.IsName(name) ? payees.Find(name) : null) ?? throw new ProblemException(LnurlProblems.UnknownPayee);

    static async Task GuardAsync(HttpContext http, Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (ProblemException e)
        {
            var error = new LnurlError("ERROR", e.Problem.Sentence);
            await WriteAsync(http, e.Problem.HttpStatus, error, LnurlJson.Default.LnurlError);
        }
    }

    static Task WriteAsync<T>(HttpContext http, int status, T answer, JsonTypeInfo<T> form)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(answer, form, cancellationToken: http.RequestAborted);
    }

    static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
