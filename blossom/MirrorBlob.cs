using System.IO.Pipelines;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Blossom;

/// <summary>PUT /mirror (BUD-04): fetches a blob from elsewhere and keeps it as if it had been uploaded here.</summary>
public sealed partial class MirrorBlob(
    KeepBlob keep, SellUpload sell, StagingFolder staging, SafeFetch fetch, IOptions<BlossomOptions> options,
    TimeProvider clock)
    : IDisposable
{
    const int BodyBytesMax = 8 * 1024;

    readonly SemaphoreSlim _slots = new(options.Value.MirrorsAtOnceMax);

    public static void MapMirrorBlob(IEndpointRouteBuilder routes) =>
        routes.MapPut("/mirror", (HttpContext http, MirrorBlob slice) => slice.HandleAsync(http));

    public void Dispose() => _slots.Dispose();

    async Task<IResult> HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var token = BlossomToken.Require(http.Request, "upload", options.Value, clock);
        if (!token.Hashes.Any()) throw new ProblemException(BlossomToken.Unscoped);
        var url = Parse(await BoundedBody.ReadAsync(http.Request, BodyBytesMax, ct));
        if (Refuse(url, token) is { } problem) throw new ProblemException(problem);
        if (UploadBlob.RefuseSize(0, options.Value) is { } full) throw new ProblemException(full);
        if (!await _slots.WaitAsync(TimeSpan.Zero, ct)) throw new ProblemException(BlossomProblems.Busy);

        try
        {
            var (blob, created) = await FetchAsync(http, url!, token, ct);
            return DescribeBlob.Answer(blob, created, options.Value.PublicUrl);
        }
        finally
        {
            _slots.Release();
        }
    }

    async Task<(BlobRow Blob, bool Created)> FetchAsync(
        HttpContext http, Uri url, BlossomToken token, CancellationToken ct)
    {
        var bytesMax = Math.Min(options.Value.MirrorBytesMax, options.Value.BlobBytesMax);
        try
        {
            await using var opened = await fetch.OpenAsync(url, new(bytesMax, options.Value.MirrorTimeout), ct);
            var named = HashIn(url) ?? token.Only;
            var payment = opened.Length is { } length ? await AdmitAsync(http, token, named, length, ct) : null;
            await using var staged = await StagedBlob.WriteAsync(
                PipeReader.Create(opened.Body, new(bufferSize: 64 * 1024)), staging.Take(), null, bytesMax, ct);
            if (!token.Covers(staged.Sha256)) throw new ProblemException(BlossomProblems.HashMismatch);

            if (opened.Length is null) payment = await AdmitAsync(http, token, staged.Sha256, staged.Size, ct);
            await sell.TakeAsync(token.Pubkey, payment, ct);
            return await keep.HandleAsync(staged, TypeOf(opened.Mime, url), token.Pubkey, ct);
        }
        catch (ProblemException e) when (AtTheOrigin(e.Problem))
        {
            throw new ProblemException(BlossomProblems.OriginFailed with { Detail = e.Problem.Sentence });
        }
    }

    /// <summary>
    /// Whether there is room for it, and what it costs: before its bytes are fetched, where the origin says how many
    /// they are.
    /// </summary>
    async Task<BlobPayment?> AdmitAsync(
        HttpContext http, BlossomToken token, string? sha256, long size, CancellationToken ct)
    {
        var refusal = UploadBlob.RefuseSize(size, options.Value)
            ?? await keep.RefuseAsync(token.Pubkey, sha256, size, ct);
        return refusal is null
            ? await sell.RequireAsync(http, token.Pubkey, sha256, size, ct)
            : throw new ProblemException(refusal);
    }

    /// <summary>
    /// BUD-04 has one status for whatever is wrong with the origin. That it is not public is one of these: the answer
    /// does not tell what stands behind an address.
    /// </summary>
    static bool AtTheOrigin(Problem problem) =>
        problem.Code.StartsWith("fetch/", StringComparison.Ordinal)
        && problem != FetchProblems.WrongUrl && problem != FetchProblems.TooLarge;

    /// <summary>What the token and the text of the URL tell, before a byte is fetched. Null means welcome.</summary>
    internal static Problem? Refuse(Uri? url, BlossomToken token) =>
        url is null ? FetchProblems.WrongUrl :
        HashIn(url) is { } named && !token.Covers(named) ? BlossomProblems.HashMismatch :
        null;

    /// <summary>The last run of 64 hex digits (BUD-03), or null.</summary>
    static string? HashIn(Uri url) => HashRun().Matches(url.AbsolutePath) is [.., var last] ? last.Value : null;

    static Uri? Parse(byte[] body)
    {
        try
        {
            var text = JsonSerializer.Deserialize(body, BlossomJson.Default.MirrorRequest)?.Url;
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") ? url : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As the origin says, else as the extension of the URL says (BUD-04).</summary>
    static string TypeOf(string? mime, Uri url)
    {
        var said = MediaTypes.Of(mime);
        return said == MediaTypes.Unknown ? MediaTypes.OfExtension(Path.GetExtension(url.AbsolutePath)) : said;
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex HashRun();
}
