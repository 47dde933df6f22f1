using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.BlossomS3;

/// <summary>
/// Blobs as objects of one bucket, named by their hashes. The server checks every upload against a signed SHA-256: for
/// a blob of one part that is its name. Anything but success is an <see cref="IOException"/> with the server's word.
/// </summary>
public sealed class S3BlobStore(IOptions<S3Options> options, TimeProvider clock) : IBlobStore, IDisposable
{
    /// <summary>S3 asks clients to come again after 500 and 503.</summary>
    const int TriesMax = 4;

    /// <summary>A page of a listing is at most a thousand entries.</summary>
    const int AnswerBytesMax = 4 << 20;

    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    readonly string _bucket = options.Value.BucketUrl!.TrimEnd('/');

    public async Task KeepAsync(string sha256, string finishedFile, CancellationToken ct)
    {
        var size = new FileInfo(finishedFile).Length;
        if (size <= options.Value.PartBytes)
        {
            using var kept = await SendAsync(
                HttpMethod.Put, ObjectUrl(sha256), ct, sha256, () => new FilePart(finishedFile, 0, size));
        }
        else
        {
            await KeepInPartsAsync(ObjectUrl(sha256), finishedFile, size, ct);
        }

        File.Delete(finishedFile);
    }

    public async Task<Stream?> OpenAsync(string sha256, long from, long length, CancellationToken ct)
    {
        // A range of no bytes cannot be asked for.
        if (length == 0) return await SizeAsync(sha256, ct) is null ? null : Stream.Null;

        var range = new RangeHeaderValue(from, from + length - 1);
        var answer = await SendAsync(HttpMethod.Get, ObjectUrl(sha256), ct, range: range);
        if (answer.StatusCode == HttpStatusCode.PartialContent) return await answer.Content.ReadAsStreamAsync(ct);

        using (answer)
        {
            return answer.StatusCode == HttpStatusCode.NotFound
                ? null
                : throw new IOException($"The S3 server answered a range with {(int)answer.StatusCode}.");
        }
    }

    public async Task<long?> SizeAsync(string sha256, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Head, ObjectUrl(sha256), ct);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : answer.Content.Headers.ContentLength;
    }

    public async Task DeleteAsync(string sha256, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Delete, ObjectUrl(sha256), ct)).Dispose();

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        for (var token = ""; token is not null;)
        {
            var more = token.Length == 0 ? "" : $"continuation-token={Uri.EscapeDataString(token)}&";
            using var answer = await SendAsync(HttpMethod.Get, $"{_bucket}/?{more}list-type=2", ct);
            if (!answer.IsSuccessStatusCode) throw new IOException("The S3 server has no such bucket.");

            var page = await XmlAsync(answer, ct);
            foreach (var key in page.Descendants().Where(one => one.Name.LocalName == "Key"))
            {
                if (Hex.Is32(key.Value)) yield return key.Value;
            }

            token = Value(page, "IsTruncated") == "true" ? Value(page, "NextContinuationToken") : null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>An upload that fails is given up, so that its parts are not paid for.</summary>
    async Task KeepInPartsAsync(string url, string file, long size, CancellationToken ct)
    {
        using var begun = await SendAsync(HttpMethod.Post, $"{url}?uploads", ct);
        var id = Value(await XmlAsync(begun, ct), "UploadId")
            ?? throw new IOException("The S3 server began an upload without an id.");
        var upload = $"uploadId={Uri.EscapeDataString(id)}";
        try
        {
            List<string> parts = [];
            for (var from = 0L; from < size; from += options.Value.PartBytes)
            {
                var length = Math.Min(options.Value.PartBytes, size - from);
                parts.Add(await SendPartAsync($"{url}?partNumber={parts.Count + 1}&{upload}", file, from, length, ct));
            }

            var list = Encoding.UTF8.GetBytes(ListOf(parts).ToString(SaveOptions.DisableFormatting));
            using var answer = await SendAsync(
                HttpMethod.Post, $"{url}?{upload}", ct, Convert.ToHexStringLower(SHA256.HashData(list)),
                () => new ByteArrayContent(list));

            // Assembling takes long, so S3 may begin with 200 and say in the body that it failed.
            var outcome = await XmlAsync(answer, ct);
            if (outcome.Name.LocalName == "Error") throw new IOException($"S3: {Value(outcome, "Code")}.");
        }
        catch
        {
            using var given = await SendAsync(HttpMethod.Delete, $"{url}?{upload}", CancellationToken.None);
            throw;
        }
    }

    async Task<string> SendPartAsync(string url, string file, long from, long length, CancellationToken ct)
    {
        using var part = new FilePart(file, from, length);
        var sha256 = await part.HashAsync(ct);
        using var sent = await SendAsync(HttpMethod.Put, url, ct, sha256, () => new FilePart(file, from, length));
        return sent.Headers.NonValidated["ETag"].ToString();
    }

    /// <summary>Success, or 404 for the caller to judge. Every request is repeatable, so 5xx is tried again.</summary>
    async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string url, CancellationToken ct, string payload = SigV4.EmptySha256,
        Func<HttpContent>? body = null, RangeHeaderValue? range = null)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(method, url) { Content = body?.Invoke() };
            request.Headers.Range = range;
            SigV4.Sign(request, payload, options.Value, clock.GetUtcNow());
            using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timed.CancelAfter(options.Value.RequestTimeout);
            try
            {
                var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timed.Token);
                var status = (int)answer.StatusCode;
                var absent = status == 404 && method != HttpMethod.Put && method != HttpMethod.Post;
                if (answer.IsSuccessStatusCode || absent) return answer;

                using (answer)
                {
                    if (status < 500 || tries == TriesMax) throw await RefusedAsync(answer, ct);
                }
            }
            catch (HttpRequestException e) when (tries == TriesMax)
            {
                throw new IOException("The S3 server cannot be reached.", e);
            }
            catch (HttpRequestException)
            {
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new IOException("The S3 server took too long.", e);
            }

            await Task.Delay(Patience * (1 << tries), clock, ct);
        }
    }

    static async Task<IOException> RefusedAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var status = (int)answer.StatusCode;
        try
        {
            return new($"The S3 server answered {status} {Value(await XmlAsync(answer, ct), "Code")}.");
        }
        catch (XmlException)
        {
            return new($"The S3 server answered {status}.");
        }
    }

    static async Task<XElement> XmlAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        using var reader = XmlReader.Create(body, new()
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            MaxCharactersInDocument = AnswerBytesMax,
        });
        return await XElement.LoadAsync(reader, LoadOptions.None, ct);
    }

    static string? Value(XElement xml, string name) =>
        xml.Descendants().FirstOrDefault(one => one.Name.LocalName == name)?.Value;

    static XElement ListOf(IEnumerable<string> tags) => new(
        "CompleteMultipartUpload",
        tags.Select((tag, i) => new XElement("Part", new XElement("PartNumber", i + 1), new XElement("ETag", tag))));

    /// <summary>Refuses anything but a hash, so that no name can leave the bucket.</summary>
    string ObjectUrl(string sha256) => Hex.Is32(sha256)
        ? $"{_bucket}/{sha256}"
        : throw new ArgumentException("This is not a hash.", nameof(sha256));
}
