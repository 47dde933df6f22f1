using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace PoA.Nostr.Fetch;

/// <summary>What one fetch may cost us.</summary>
/// <param name="BytesMax">Of the document as we read it: after decompression.</param>
/// <param name="TimeMax">From the first look-up to the last byte, redirects included.</param>
/// <param name="RedirectsMax">Each target is vetted like the first address.</param>
public sealed record FetchLimits(long BytesMax, TimeSpan TimeMax, int RedirectsMax = 3);

/// <summary>A document in memory.</summary>
/// <param name="Body">The bytes, decompressed.</param>
/// <param name="Mime">The type that the server states, without parameters, in lower case.</param>
/// <param name="Sha256">Of the body, in hex.</param>
/// <param name="Final">Where it was found in the end.</param>
public sealed record FetchedDocument(byte[] Body, string? Mime, string Sha256, Uri Final);

/// <summary>The one way to what a stranger's URL holds: vetted addresses, bounded bytes, time and redirects.</summary>
public sealed class SafeFetch : IDisposable
{
    readonly SafeAddress _addresses;
    readonly HttpMessageInvoker _http;

    public SafeFetch(SafeAddress addresses)
    {
        _addresses = addresses;
        var handler = addresses.CreateHandler();
        handler.AutomaticDecompression = DecompressionMethods.All;
        _http = new(handler);
    }

    /// <exception cref="ProblemException">One of <see cref="FetchProblems"/>.</exception>
    public async Task<FetchedDocument> GetAsync(Uri uri, FetchLimits limits, CancellationToken ct)
    {
        await using var opened = await OpenAsync(uri, limits, ct);
        using var body = new MemoryStream();
        await opened.Body.CopyToAsync(body, ct);
        var bytes = body.ToArray();
        return new(bytes, opened.Mime, Convert.ToHexStringLower(SHA256.HashData(bytes)), opened.Final);
    }

    /// <summary>Opens a document for reading; the limits hold until the last byte. The caller disposes of it.</summary>
    /// <exception cref="ProblemException">One of <see cref="FetchProblems"/>; reading throws them too.</exception>
    public async Task<OpenedDocument> OpenAsync(Uri uri, FetchLimits limits, CancellationToken ct)
    {
        var deadline = new CancellationTokenSource(limits.TimeMax);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
            return await FollowAsync(uri, limits, deadline, either.Token);
        }
        catch (Exception e)
        {
            var tooSlow = deadline.IsCancellationRequested && !ct.IsCancellationRequested;
            deadline.Dispose();
            if (ProblemOf(e, tooSlow) is { } problem) throw new ProblemException(problem);
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    async Task<OpenedDocument> FollowAsync(
        Uri uri, FetchLimits limits, CancellationTokenSource deadline, CancellationToken ct)
    {
        for (var redirects = 0; redirects <= limits.RedirectsMax; redirects++)
        {
            if (_addresses.Refuse(uri) is { } problem) throw new ProblemException(problem);
            if (uri.Scheme is not ("http" or "https")) throw new ProblemException(FetchProblems.WrongUrl);

            var response = await SendAsync(uri, ct);
            try
            {
                if (Next(uri, response) is not { } next) return await BodyAsync(uri, response, limits, deadline, ct);
                uri = next;
            }
            catch
            {
                response.Dispose();
                throw;
            }

            response.Dispose();
        }

        throw new ProblemException(FetchProblems.TooManyRedirects);
    }

    async Task<HttpResponseMessage> SendAsync(Uri uri, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("PoA.Nostr", null));
        return await _http.SendAsync(request, ct);
    }

    /// <summary>Where a redirect leads, or null when this is no redirect. It never leads from https to http.</summary>
    internal static Uri? Next(Uri uri, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found
            or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var next = new Uri(uri, location);
        return uri.Scheme == "https" && next.Scheme == "http"
            ? throw new ProblemException(FetchProblems.WrongUrl)
            : next;
    }

    static async Task<OpenedDocument> BodyAsync(
        Uri uri, HttpResponseMessage response, FetchLimits limits, CancellationTokenSource deadline,
        CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            var detail = $"It said {(int)response.StatusCode}.";
            throw new ProblemException(FetchProblems.Refused with { Detail = detail });
        }

        if (response.Content.Headers.ContentLength > limits.BytesMax)
        {
            throw new ProblemException(FetchProblems.TooLarge);
        }

        var body = await response.Content.ReadAsStreamAsync(ct);
        return new(response, new(body, limits.BytesMax, deadline), uri);
    }

    /// <summary>What an exception of the network means to the caller, or null when it means nothing to him.</summary>
    internal static Problem? ProblemOf(Exception e, bool tooSlow) => e switch
    {
        ProblemException problem => problem.Problem,
        _ when tooSlow => FetchProblems.TooSlow,
        HttpRequestException { InnerException: ProblemException inner } => inner.Problem,
        HttpRequestException or IOException or InvalidDataException or UriFormatException => FetchProblems.Unreachable,
        TaskCanceledException { InnerException: TimeoutException } => FetchProblems.TooSlow,
        _ => null,
    };
}
