using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>The mint's routes: sizes, dialects and faults are here, the money is in <see cref="CashuMint"/>.</summary>
sealed class MintEndpoint(CashuMint mint, MintForms forms, MintFaults faults, MintOptions options, TimeProvider clock)
{
    /// <summary>A thousand proofs with their locks.</summary>
    const int BodyBytesMax = 4 * 1024 * 1024;
    readonly ReplyCache _cache = new(clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        Get(routes, "/v1/info", _ => forms.Info());
        Get(routes, "/v1/keys", _ => forms.Keys(mint.Books.Keysets.Where(keyset => keyset.Active)));
        Get(routes, "/v1/keys/{id}", id => forms.Keys([mint.Books.KeysetOf(id) ?? throw UnknownKeyset()]));
        Get(routes, "/v1/keysets", _ => forms.Keysets());
        Get(routes, "/v1/mint/quote/bolt11/{id}", id =>
            forms.Quote(mint.Books.MintQuoteOf(id) ?? throw UnknownQuote()));
        Get(routes, "/v1/melt/quote/bolt11/{id}", id =>
            MintForms.Quote(mint.Books.MeltQuoteOf(id) ?? throw UnknownQuote()));
        Post(routes, "/v1/mint/quote/bolt11", MintJson.Default.MintQuoteRequest, request =>
            forms.Quote(mint.QuoteMint(request)));
        Post(routes, "/v1/mint/bolt11", MintJson.Default.MintRequest, request => Answer(mint.Mint(request)));
        Post(routes, "/v1/swap", MintJson.Default.SwapRequest, request => Answer(mint.Swap(request)));
        Post(routes, "/v1/melt/quote/bolt11", MintJson.Default.MeltQuoteRequest, request =>
            MintForms.Quote(mint.QuoteMelt(request)));
        PostAsync(routes, "/v1/melt/bolt11", MintJson.Default.MeltRequest, async (request, ct) =>
            MintForms.Quote(await mint.MeltAsync(request, ct)));
        Post(routes, "/v1/checkstate", MintJson.Default.CheckStateRequest, request =>
            JsonSerializer.SerializeToNode(mint.CheckState(request), MintJson.Default.ProofStates)!);
        Post(routes, "/v1/restore", MintJson.Default.RestoreRequest, request =>
            JsonSerializer.SerializeToNode(mint.Restore(request), MintJson.Default.RestoreResponse)!);
        routes.Map("/v1/ws", context => MintSocket.ServeAsync(context, mint, forms));
        routes.MapMethods("/{**path}", [HttpMethods.Options], context =>
        {
            context.Response.Headers.AccessControlAllowHeaders = "*";
            return WriteAsync(context, StatusCodes.Status204NoContent, []);
        });
        routes.Map("/{**path}", context => FailAsync(
            context, StatusCodes.Status501NotImplemented, "This mint has no such route.", (int)MintError.Other));
    }

    void Get(IEndpointRouteBuilder routes, string path, Func<string, JsonNode> answer) =>
        routes.MapGet(path, context =>
            ServeAsync(context, Done(() => answer(context.GetRouteValue("id") as string ?? ""))));

    void Post<T>(IEndpointRouteBuilder routes, string path, JsonTypeInfo<T> form, Func<T, JsonNode> answer) =>
        PostAsync(routes, path, form, (request, _) => Task.FromResult(answer(request)));

    /// <summary>NUT-19 §Derive &amp; Repeat, where the dialect caches.</summary>
    void PostAsync<T>(
        IEndpointRouteBuilder routes, string path, JsonTypeInfo<T> form,
        Func<T, CancellationToken, Task<JsonNode>> answer)
    {
        var caches = options.Dialect.Caches() && ReplyCache.Paths.Contains(path);
        routes.MapPost(path, context => ServeAsync(context, async () =>
        {
            var body = await ReadAsync(context);
            var key = caches ? ReplyCache.KeyOf(path, body) : "";
            if (caches && _cache.Find(key) is { } known) return known;

            var request = JsonSerializer.Deserialize(body, form) ?? throw new JsonException("It is null.");
            var reply = Bytes(await answer(request, context.RequestAborted));
            if (caches) _cache.Keep(key, reply);
            return reply;
        }));
    }

    async Task ServeAsync(HttpContext context, Func<Task<byte[]>> answer)
    {
        var fault = faults.Take(context.Request.Path.Value!);
        if (fault?.Kind == MintFaultKind.DropRequest)
        {
            context.Abort();
            return;
        }

        if (fault?.Kind == MintFaultKind.Rotate) Rotate();
        if (fault?.Kind == MintFaultKind.Delay) await Task.Delay(fault.Delay, clock, context.RequestAborted);
        try
        {
            var reply = await answer();
            if (fault?.Kind == MintFaultKind.DropReply) context.Abort();
            else await WriteAsync(context, StatusCodes.Status200OK, reply);
        }
        catch (MintRefusal refusal)
        {
            // NUT-00 §Errors.
            await FailAsync(
                context, StatusCodes.Status400BadRequest, refusal.Message, options.Dialect.Code(refusal.Error));
        }
        catch (JsonException e)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, e.Message, (int)MintError.Other);
        }
    }

    void Rotate()
    {
        var terms = mint.Books.Active.Terms;
        mint.Books.Rotate(terms.Version, terms.InputFeePpk, terms.FinalExpiry);
    }

    static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            body.Write(part, 0, read);
            if (body.Length > BodyBytesMax) throw new MintRefusal(MintError.TooManyInputs, "The request is too large.");
        }

        return body.ToArray();
    }

    static Task FailAsync(HttpContext context, int status, string detail, int code) => WriteAsync(
        context, status, JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(detail, code), MintJson.Default.ErrorBody));

    static async Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (body.Length == 0) return;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    static JsonNode Answer(IReadOnlyList<BlindSignature> signatures) =>
        JsonSerializer.SerializeToNode(new Signatures(signatures), MintJson.Default.Signatures)!;

    static byte[] Bytes(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());

    static Func<Task<byte[]>> Done(Func<JsonNode> answer) => () => Task.FromResult(Bytes(answer()));

    static MintRefusal UnknownKeyset() => new(MintError.KeysetUnknown, "Keyset is not known.");

    static MintRefusal UnknownQuote() => new(MintError.Other, "Quote not found.");
}
