using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>GET and HEAD /&lt;sha256&gt;[.ext] (BUD-01) with ranges and validators of RFC 9110.</summary>
public sealed class GetBlob(
    NpgsqlDataSource db, IBlobStore store, Verdicts verdicts, IOptions<BlossomOptions> options)
{
    const int KnownMax = 100_000;
    const int CopyBytes = 256 * 1024;

    /// <summary>A hash's size and type never change; when its bytes are gone, opening them says so.</summary>
    readonly ConcurrentDictionary<string, BlobRow> _known = new();

    public static void MapGetBlob(IEndpointRouteBuilder routes) =>
        routes.MapMethods(
            "/{name}", ["GET", "HEAD"],
            (HttpContext http, string name, GetBlob slice) => slice.HandleAsync(http, name));

    async Task HandleAsync(HttpContext http, string name)
    {
        var ct = http.RequestAborted;
        var sha256 = name.Length > 64 && name[64] == '.' ? name[..64] : name;
        if (!Hex.Is32(sha256))
        {
            throw new ProblemException(BlossomProblems.NotFound with { Detail = "This is not a hash." });
        }

        if (verdicts.IsBlocked(sha256)) throw new ProblemException(BlossomProblems.Reported);
        var blob = await FindAsync(sha256, ct) ?? throw new ProblemException(BlossomProblems.NotFound);
        await RefuseReportedAsync(sha256, ct);

        var headers = http.Response.Headers;
        headers.ETag = $"\"{sha256}\"";
        headers.AcceptRanges = "bytes";
        headers.CacheControl = "public, max-age=31536000, immutable";
        if (options.Value.Retention is { } kept)
        {
            headers["Sunset"] = HeaderUtilities.FormatDate(
                DateTimeOffset.FromUnixTimeSeconds(blob.UploadedAt) + kept);
        }

        if (IsFresh(http.Request, sha256))
        {
            http.Response.StatusCode = 304;
            return;
        }

        headers.ContentType = blob.MediaType;
        if (MediaTypes.IsActive(blob.MediaType)) headers.ContentSecurityPolicy = "sandbox";
        var range = RangeOf(http.Request, sha256, blob.SizeBytes);
        if (range is { Length: < 0 })
        {
            headers.ContentRange = $"bytes */{blob.SizeBytes}";
            http.Response.StatusCode = 416;
            return;
        }

        await SendAsync(http, blob, range, ct);
    }

    async Task SendAsync(HttpContext http, BlobRow blob, (long From, long Length)? range, CancellationToken ct)
    {
        var (from, length) = range ?? (0, blob.SizeBytes);
        await using var bytes = await store.OpenAsync(blob.Sha256, from, length, ct);
        if (bytes is null)
        {
            _known.TryRemove(blob.Sha256, out _);
            throw new ProblemException(BlossomProblems.NotFound);
        }

        http.Response.ContentLength = length;
        if (range is not null)
        {
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {from}-{from + length - 1}/{blob.SizeBytes}";
        }

        if (HttpMethods.IsHead(http.Request.Method)) return;
        var writer = http.Response.BodyWriter;
        while (length > 0)
        {
            var memory = writer.GetMemory((int)Math.Min(CopyBytes, length));
            var read = await bytes.ReadAsync(memory[..(int)Math.Min(memory.Length, length)], ct);
            if (read == 0) throw new IOException($"Blob {blob.Sha256} is shorter than its row says.");
            writer.Advance(read);
            length -= read;
            await writer.FlushAsync(ct);
        }
    }

    async ValueTask<BlobRow?> FindAsync(string sha256, CancellationToken ct)
    {
        if (_known.TryGetValue(sha256, out var known)) return known;
        if (await BlobRows.FindAsync(db, sha256, ct) is not { } row) return null;
        if (_known.Count >= KnownMax) _known.Clear();
        return _known[sha256] = row;
    }

    async ValueTask RefuseReportedAsync(string sha256, CancellationToken ct)
    {
        if (options.Value.ReportersMax is not { } max) return;
        if (await db.OneAsync<long>(CountReporters, new { sha256 }, ct) >= max)
        {
            throw new ProblemException(BlossomProblems.Reported);
        }
    }

    static bool IsFresh(HttpRequest request, string sha256) =>
        request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } tags
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag == $"\"{sha256}\"");

    /// <summary>
    /// Null: the whole blob (not a GET, no range, or one that RFC 9110 says to ignore: malformed, several,
    /// another unit, or an If-Range of another version). A negative length: nothing of the blob lies in the range.
    /// </summary>
    internal static (long From, long Length)? RangeOf(HttpRequest request, string sha256, long size)
    {
        if (!HttpMethods.IsGet(request.Method)) return null;
        var typed = request.GetTypedHeaders();
        if (typed.Range is not { } asked || asked.Unit != "bytes" || asked.Ranges.Count != 1) return null;
        if (typed.IfRange is { } condition && !Names(condition.EntityTag, sha256)) return null;
        var one = asked.Ranges.First();
        if (one.From is not { } from)
        {
            var suffix = Math.Min(one.To ?? 0, size);
            return suffix == 0 ? (0, -1) : (size - suffix, suffix);
        }

        if (from >= size) return (0, -1);
        return (from, Math.Min(one.To ?? long.MaxValue - 1, size - 1) - from + 1);
    }

    /// <summary>The strong comparison of RFC 9110 §8.8.3.2; a date never matches, since no blob has one.</summary>
    static bool Names(EntityTagHeaderValue? tag, string sha256) =>
        tag is { IsWeak: false } && tag.Tag == $"\"{sha256}\"";

    const string CountReporters = """
        select count(*)
          from blossom.report
         where sha256 = @sha256
           and not exists (select from blossom.verdict where sha256 = @sha256 and not blocked)
        """;
}
