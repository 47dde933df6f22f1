using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom.Store;

namespace PoA.Nostr.Blossom;

/// <summary>
/// PUT and HEAD /upload (BUD-02, BUD-06) and /media (BUD-05, passed through until a media engine is configured).
/// </summary>
public sealed class UploadBlob(
    KeepBlob keep, SellUpload sell, StagingFolder staging, IOptions<BlossomOptions> options, TimeProvider clock)
{
    public static void MapUploadBlob(IEndpointRouteBuilder routes)
    {
        foreach (var (path, verb) in new[] { ("/upload", "upload"), ("/media", "media") })
        {
            routes.MapPut(path, (HttpContext http, UploadBlob slice) => slice.HandleAsync(http, verb));
            routes.MapMethods(path, ["HEAD"], (HttpContext http, UploadBlob slice) => slice.AskAsync(http, verb));
        }
    }

    async Task<IResult> HandleAsync(HttpContext http, string verb)
    {
        var request = http.Request;
        var token = BlossomToken.Require(request, verb, options.Value, clock);
        var promised = PromisedHash(request);
        if (promised is null ? !token.Hashes.Any() : !token.Covers(promised))
        {
            throw new ProblemException(BlossomToken.Unscoped);
        }

        var refusal = RefuseSize(request.ContentLength, options.Value)
            ?? await keep.RefuseAsync(token.Pubkey, promised, request.ContentLength!.Value, http.RequestAborted);
        if (refusal is not null) throw new ProblemException(refusal);
        var payment = await sell.RequireAsync(
            http, token.Pubkey, promised ?? token.Only, request.ContentLength!.Value, http.RequestAborted);

        // The size is ours to bound; Kestrel's own limit is made for forms.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        await using var staged = await StagedBlob.WriteAsync(
            request.BodyReader, staging.Take(), request.ContentLength, options.Value.BlobBytesMax,
            http.RequestAborted);
        if (promised is not null && promised != staged.Sha256)
        {
            throw new ProblemException(BlossomProblems.HashMismatch);
        }

        if (!token.Covers(staged.Sha256)) throw new ProblemException(BlossomToken.Unscoped);

        await sell.TakeAsync(token.Pubkey, payment, http.RequestAborted);
        var (blob, created) = await keep.HandleAsync(
            staged, MediaTypes.Of(request.ContentType), token.Pubkey, http.RequestAborted);
        return DescribeBlob.Answer(blob, created, options.Value.PublicUrl);
    }

    /// <summary>BUD-06: would this upload be taken? Authorization comes first, so that a client signs once.</summary>
    async Task<IResult> AskAsync(HttpContext http, string verb)
    {
        var request = http.Request;
        var token = BlossomToken.Require(request, verb, options.Value, clock);
        var promised = PromisedHash(request)
            ?? throw new ProblemException(BlossomProblems.BadHash with { Detail = "X-SHA-256 is missing." });
        if (!token.Covers(promised)) throw new ProblemException(BlossomToken.Unscoped);

        var said = request.Headers["X-Content-Length"].ToString();
        if (said.Length == 0) throw new ProblemException(BlossomProblems.LengthRequired);
        if (!long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new ProblemException(
                BlossomProblems.BadRequest with { Detail = "X-Content-Length is not a number." });
        }

        var refusal = RefuseSize(length, options.Value)
            ?? await keep.RefuseAsync(token.Pubkey, promised, length, http.RequestAborted);
        if (refusal is not null) throw new ProblemException(refusal);
        await sell.RequireAsync(http, token.Pubkey, promised, length, http.RequestAborted);
        return TypedResults.Ok();
    }

    static string? PromisedHash(HttpRequest request)
    {
        var promised = request.Headers["X-SHA-256"].ToString();
        if (promised.Length == 0) return null;
        return Hex.Is32(promised)
            ? promised
            : throw new ProblemException(BlossomProblems.BadHash with { Detail = "X-SHA-256 is not one." });
    }

    internal static Problem? RefuseSize(long? length, BlossomOptions options) =>
        length is null ? BlossomProblems.LengthRequired :
        length > options.BlobBytesMax ? StagedBlob.TooLarge(options.BlobBytesMax) :
        FreeBytes(options.Folder) - length < options.FreeBytesMin ? BlossomProblems.Full :
        null;

    static long FreeBytes(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path)) path = Path.GetDirectoryName(path)!;
        return new DriveInfo(path).AvailableFreeSpace;
    }
}
