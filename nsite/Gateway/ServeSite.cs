using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// Answers for every site by its host (NIP-5A §Host server implementation). Each has an origin of its own, no file is
/// sent whose hash is not the one that its author signed, and nothing but GET and HEAD is done here.
/// </summary>
public sealed class ServeSite(
    SiteNames names, FindSite sites, FetchFile files, GatewayFront front, IOptions<GatewayOptions> options)
{
    /// <summary>
    /// A site may run its own scripts and talk to relays. It may not load code from elsewhere, be framed, or post
    /// forms away.
    /// </summary>
    const string Policy =
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' https: wss: ws: data: blob:; "
        + "img-src * data: blob:; media-src * data: blob:; font-src * data:; object-src 'none'; base-uri 'self'; "
        + "form-action 'self'; frame-ancestors 'none'";

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http);
        }
        catch (ProblemException e)
        {
            await SayAsync(http, e.Problem);
        }
    }

    async Task AnswerAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            headers.Allow = "GET, HEAD";
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var (host, port) = HostOf(http);
        if (IsFront(host))
        {
            await front.HandleAsync(http, port);
            return;
        }

        var address = await names.ReadAsync(host, ct) ?? throw new ProblemException(GatewayProblems.NoName);
        var site = await sites.FindAsync(address, ct) ?? throw new ProblemException(GatewayProblems.NoSite);
        var path = SitePath.Candidates(http.Request.Path.Value!).FirstOrDefault(site.Files.ContainsKey);
        await SendAsync(http, site, path ?? SitePath.Missing, path is null ? 404 : 200);
    }

    /// <summary>As it was sent: the framework's reading takes punycode apart, and falls over bad names.</summary>
    static (string Host, int? Port) HostOf(HttpContext http)
    {
        var sent = new HostString(http.Request.Headers.Host.ToString());
        return (sent.Host, sent.Port);
    }

    bool IsFront(string host) =>
        host.Equals(options.Value.Domain, StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    async Task SendAsync(HttpContext http, FoundSite site, string path, int status)
    {
        var sha256 = site.Files.GetValueOrDefault(path) ?? throw new ProblemException(GatewayProblems.NoPage);
        var tag = new EntityTagHeaderValue($"\"{sha256}\"");
        var file = await files.GetAsync(site, sha256, http.RequestAborted)
            ?? throw new ProblemException(GatewayProblems.NoFile);
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.AccessControlAllowOrigin = "*";
        headers["Origin-Agent-Cluster"] = "?1";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "public, max-age=30";
        var type = SiteMediaTypes.Of(path, file.Mime);
        if (status == 200)
        {
            await TypedResults.Bytes(file.Body, type, enableRangeProcessing: true, entityTag: tag).ExecuteAsync(http);
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = file.Body.Length;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(file.Body, http.RequestAborted);
    }

    static async Task SayAsync(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.HttpStatus;
        http.Response.ContentType = "text/plain; charset=utf-8";
        if (problem.RetryAfter is { } after)
        {
            http.Response.Headers.RetryAfter = ((int)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.WriteAsync(problem.Sentence + "\n", http.RequestAborted);
        }
    }
}
