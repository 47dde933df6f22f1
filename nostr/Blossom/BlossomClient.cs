using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Blossom;

/// <summary>What a server says it keeps; null where it does not say.</summary>
public sealed record BlobHead(long? Size, string? MediaType);

/// <summary>
/// A client of any Blossom server. Every request that needs one carries a token of its own for one blob, and the hash,
/// the size and the type are always said: the known servers each demand another part of it. Strangers' servers are
/// reached as strangers' URLs are. A failure is one of <see cref="BlossomClientProblems"/> or
/// <see cref="FetchProblems"/>.
/// </summary>
public sealed class BlossomClient : IDisposable
{
    const int DescriptorBytesMax = 64 * 1024;
    const int ListBytesMax = 8 * 1024 * 1024;
    const int PageSize = 1_000;
    const int ListedMax = 1_000_000;
    const int RedirectsMax = 3;
    const int CopyBytes = 128 * 1024;
    const int SlowestBytesPerSecond = 128 * 1024;

    /// <summary>From this size on a server may refuse before the bytes are sent.</summary>
    const int ExpectFromBytes = 1024 * 1024;

    static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(30);

    readonly SafeAddress _addresses;
    readonly SafeFetch _fetch;
    readonly TimeProvider _clock;
    readonly HttpMessageInvoker _http;

    public BlossomClient(SafeAddress addresses, SafeFetch fetch, TimeProvider clock)
    {
        (_addresses, _fetch, _clock) = (addresses, fetch, clock);
        _http = new(addresses.CreateHandler());
    }

    /// <summary>PUT /upload (BUD-02). The server's descriptor, checked against the blob.</summary>
    /// <param name="server">Its root.</param>
    /// <param name="signer">Whose blob it becomes.</param>
    /// <param name="blob">The bytes.</param>
    /// <param name="ct">Ends the upload.</param>
    /// <param name="pay">Asked when the server wants to be paid (BUD-07); without it that is a problem.</param>
    public async Task<BlobDescriptor> UploadAsync(
        Uri server, ISigner signer, BlobContent blob, CancellationToken ct, PayForBlob? pay = null)
    {
        BlobPayment? payment = null;
        while (true)
        {
            using var request = await RequestAsync(
                HttpMethod.Put, server, "/upload", ("upload", [blob.Sha256], "Upload a blob"), signer, ct);
            request.Content = new StreamContent(blob.Open(), CopyBytes)
            {
                Headers = { ContentLength = blob.Size, ContentType = MediaTypeHeaderValue.Parse(blob.MediaType) },
            };
            request.Headers.Add("X-SHA-256", blob.Sha256);
            // An older draft's name, in hex: blossy still demands it.
            request.Content.Headers.TryAddWithoutValidation("Content-Digest", blob.Sha256);
            request.Headers.ExpectContinue = blob.Size >= ExpectFromBytes;
            if (payment is not null) request.Headers.Add(payment.Header, payment.Proof);

            var (said, demand) = await AskAsync(request, TimeFor(blob.Size), async (answer, until) =>
                payment is null && pay is not null && BlobDemand.Of(answer) is { } price
                    ? (null, price)
                    : (await DescriptorAsync(answer, blob.Sha256, until), null as BlobDemand), ct);
            if (said is not null) return said.Size == blob.Size ? said : throw Wrong("Its size is another.");

            payment = await pay!(demand!, ct)
                ?? throw new ProblemException(BlossomClientProblems.PaymentRequired);
        }
    }

    /// <summary>PUT /mirror (BUD-04): the server fetches the blob itself.</summary>
    public async Task<BlobDescriptor> MirrorAsync(
        Uri server, ISigner signer, Uri source, string sha256, CancellationToken ct)
    {
        using var request = await RequestAsync(
            HttpMethod.Put, server, "/mirror", ("upload", [sha256], "Mirror a blob"), signer, ct);
        request.Headers.Add("X-SHA-256", sha256);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new(source.AbsoluteUri), BlossomJson.Default.MirrorRequest))
        {
            Headers = { ContentType = new("application/json") },
        };
        return await AskAsync(
            request, TimeSpan.FromMinutes(5), (answer, until) => DescriptorAsync(answer, sha256, until), ct);
    }

    /// <summary>HEAD /&lt;sha256&gt;: null when the server does not have the blob.</summary>
    public async Task<BlobHead?> HeadAsync(Uri server, string sha256, CancellationToken ct)
    {
        var address = BlossomWords.Address(server, sha256);
        for (var redirects = 0; redirects <= RedirectsMax; redirects++)
        {
            using var request = Request(HttpMethod.Head, address);
            var (head, next) = await AskAsync(
                request, AnswerTimeMax, (answer, _) => Task.FromResult(HeadOrNext(address, answer)), ct);
            if (next is null) return head;
            address = next;
        }

        throw new ProblemException(FetchProblems.TooManyRedirects);
    }

    /// <summary>GET /&lt;sha256&gt; in memory: the bytes that have the hash, or a problem.</summary>
    public async Task<FetchedDocument> GetAsync(Uri server, string sha256, long bytesMax, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var (mime, final) = await CopyAsync(server, sha256, body, bytesMax, ct);
        return new(body.ToArray(), mime, sha256, final);
    }

    /// <summary>GET /&lt;sha256&gt; into a stream. What was written counts only when this does not throw.</summary>
    public async Task<(string? Mime, Uri Final)> CopyAsync(
        Uri server, string sha256, Stream target, long bytesMax, CancellationToken ct)
    {
        await using var opened = await _fetch.OpenAsync(
            BlossomWords.Address(server, sha256), new(bytesMax, TimeFor(bytesMax), RedirectsMax), ct);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        int read;
        while ((read = await opened.Body.ReadAsync(buffer, ct)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256
            ? (opened.Mime, opened.Final)
            : throw new ProblemException(BlossomClientProblems.WrongBytes);
    }

    /// <summary>
    /// GET /list/&lt;pubkey&gt; (BUD-12), page by page. A server that knows no cursor sends everything each time: a
    /// page without news is the last.
    /// </summary>
    /// <param name="server">Its root.</param>
    /// <param name="pubkey">Whose blobs.</param>
    /// <param name="signer">Some servers list for a signature only.</param>
    /// <param name="ct">Ends the listing.</param>
    public async IAsyncEnumerable<BlobDescriptor> ListAsync(
        Uri server, string pubkey, ISigner? signer, [EnumeratorCancellation] CancellationToken ct)
    {
        HashSet<string> seen = [];
        string? cursor = null;
        while (true)
        {
            var page = await PageAsync(server, pubkey, cursor, signer, ct);
            var news = page.Where(blob => seen.Add(blob.Sha256)).ToList();
            foreach (var blob in news) yield return blob;
            if (news.Count == 0) yield break;
            if (seen.Count > ListedMax) throw Wrong("Its list does not end.");

            cursor = page[^1].Sha256;
        }
    }

    /// <summary>DELETE /&lt;sha256&gt; (BUD-12). False when the server did not have it.</summary>
    public async Task<bool> DeleteAsync(Uri server, ISigner signer, string sha256, CancellationToken ct)
    {
        using var request = await RequestAsync(
            HttpMethod.Delete, server, $"/{sha256}", ("delete", [sha256], "Delete a blob"), signer, ct);
        return await AskAsync(request, AnswerTimeMax, (answer, _) => Task.FromResult(
            answer.StatusCode != HttpStatusCode.NotFound && Passed(answer)), ct);
    }

    /// <summary>PUT /report (BUD-09) of a signed report: <see cref="BlossomWords.Report"/>.</summary>
    public async Task ReportAsync(Uri server, NostrEvent report, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Put, new(server, "/report"));
        request.Content = new ByteArrayContent(EventJson.Write(report))
        {
            Headers = { ContentType = new("application/json") },
        };
        await AskAsync(request, AnswerTimeMax, (answer, _) => Task.FromResult(Passed(answer)), ct);
    }

    public void Dispose() => _http.Dispose();

    async Task<IReadOnlyList<BlobDescriptor>> PageAsync(
        Uri server, string pubkey, string? cursor, ISigner? signer, CancellationToken ct)
    {
        var path = $"/list/{pubkey}?limit={PageSize}{(cursor is null ? "" : $"&cursor={cursor}")}";
        using var request = signer is null
            ? Request(HttpMethod.Get, new(server, path))
            : await RequestAsync(HttpMethod.Get, server, path, ("list", [], "List blobs"), signer, ct);
        return await AskAsync<IReadOnlyList<BlobDescriptor>>(request, AnswerTimeMax, async (answer, until) =>
        {
            Passed(answer);
            using var list = await BlossomAnswer.JsonAsync(answer, ListBytesMax, until);
            return list.RootElement.ValueKind == JsonValueKind.Array
                ? [.. list.RootElement.EnumerateArray().Select(BlobDescriptor.TryRead).OfType<BlobDescriptor>()]
                : throw Wrong("It is no list.");
        }, ct);
    }

    async Task<HttpRequestMessage> RequestAsync(
        HttpMethod method, Uri server, string path, (string Verb, string[] Hashes, string Purpose) scope,
        ISigner signer, CancellationToken ct)
    {
        var template = BlossomWords.Token(scope.Verb, scope.Hashes, scope.Purpose, _clock.GetUtcNow());
        var request = Request(method, new(server, path));
        request.Headers.TryAddWithoutValidation(
            "Authorization", BlossomWords.Header(await signer.SignAsync(template, ct)));
        return request;
    }

    static HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("PoA.Nostr", null));
        return request;
    }

    /// <summary>One exchange within its time, the reading of the answer included.</summary>
    async Task<T> AskAsync<T>(
        HttpRequestMessage request, TimeSpan timeMax, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct)
    {
        if (_addresses.Refuse(request.RequestUri!) is { } refusal) throw new ProblemException(refusal);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(timeMax);
        try
        {
            using var answer = await _http.SendAsync(request, deadline.Token);
            return await read(answer, deadline.Token);
        }
        catch (Exception e) when (e is not ProblemException)
        {
            var tooSlow = deadline.IsCancellationRequested && !ct.IsCancellationRequested;
            if (SafeFetch.ProblemOf(e, tooSlow) is { } problem) throw new ProblemException(problem);
            throw;
        }
    }

    static async Task<BlobDescriptor> DescriptorAsync(HttpResponseMessage answer, string sha256, CancellationToken ct)
    {
        Passed(answer);
        using var said = await BlossomAnswer.JsonAsync(answer, DescriptorBytesMax, ct);
        var descriptor = BlobDescriptor.TryRead(said.RootElement) ?? throw Wrong("It is no descriptor.");
        return descriptor.Sha256 == sha256 ? descriptor : throw Wrong("Its hash is another.");
    }

    static (BlobHead? Head, Uri? Next) HeadOrNext(Uri address, HttpResponseMessage answer)
    {
        if (SafeFetch.Next(address, answer) is { } next) return (null, next);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return (null, null);
        Passed(answer);
        return (new(answer.Content.Headers.ContentLength, answer.Content.Headers.ContentType?.MediaType), null);
    }

    static bool Passed(HttpResponseMessage answer) =>
        BlossomAnswer.ProblemOf(answer) is { } problem ? throw new ProblemException(problem) : true;

    static ProblemException Wrong(string detail) => new(BlossomClientProblems.WrongAnswer with { Detail = detail });

    static TimeSpan TimeFor(long bytes) => AnswerTimeMax + TimeSpan.FromSeconds(bytes / SlowestBytesPerSecond);
}
