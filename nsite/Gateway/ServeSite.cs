using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>Answers for every site by its host. A file's hash is checked before its first byte is sent.</summary>
sealed class ServeSite(SiteHost hosts, SiteManifests manifests, SiteFiles files)
{
    const string MissingPage = "/404.html";

    /// <summary>One origin a site, no script from elsewhere, nothing framed.</summary>
    const string Policy =
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'none'; base-uri 'self'; "
        + "connect-src 'self' https: wss: ws:; img-src * data: blob:; media-src * data: blob:; object-src 'none'";

    public static void MapServeSite(WebApplication app) =>
        app.MapMethods("/{**path}", ["GET", "HEAD"], (HttpContext http, ServeSite slice) => slice.HandleAsync(http));

    async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if (await hosts.FindAsync(http.Request.Host.Host, ct) is not { } address)
        {
            await SayAsync(http, 404, "This host names no site. A site is at <npub>.<this gateway>.");
            return;
        }

        if (await manifests.FindAsync(address, ct) is not { } site)
        {
            await SayAsync(http, 404, "No site is published under this name, or its relays do not answer.");
            return;
        }

        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? http.Request.Path;
        var path = SitePath.Normalise(raw);
        var found = path is null ? null : SitePath.Candidates(path).FirstOrDefault(site.Files.ContainsKey);
        var status = found is null ? 404 : 200;
        found ??= MissingPage;
        if (!site.Files.TryGetValue(found, out var sha256))
        {
            await SayAsync(http, 404, "The site has no such page.");
            return;
        }

        if (await files.FindAsync(sha256, site.Servers, ct) is not { } file)
        {
            await SayAsync(http, 502, "No Blossom server of this site gives the file with the hash it announced.");
            return;
        }

        await SendAsync(http, found, sha256, file, status);
    }

    static async Task SendAsync(HttpContext http, string path, string sha256, SiteFileBytes file, int status)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "public, max-age=60";
        var type = SiteMediaTypes.Of(path) ?? file.MediaType ?? "application/octet-stream";
        if (status == 200)
        {
            var tag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{sha256}\"");
            await TypedResults.Bytes(file.Bytes, type, enableRangeProcessing: true, entityTag: tag).ExecuteAsync(http);
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = file.Bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(file.Bytes, http.RequestAborted);
    }

    static Task SayAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(text + "\n", http.RequestAborted);
    }
}
