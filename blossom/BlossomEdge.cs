using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Blossom;

/// <summary>
/// The edge of this server: CORS on every answer (BUD-01), nosniff, and problems as a status with X-Reason. A client
/// never parses the reason; a person reads it.
/// </summary>
sealed partial class BlossomEdge(RequestDelegate next, ILogger<BlossomEdge> log)
{
    static readonly string[] OfTheBlob = ["ETag", "Cache-Control", "Content-Range", "Sunset", "Content-Type"];

    const string Exposed =
        "X-Reason, Content-Length, Content-Range, Accept-Ranges, ETag, X-Cashu, X-Lightning, Sunset";

    public async Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = Exposed;
        headers.XContentTypeOptions = "nosniff";
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            headers.AccessControlAllowMethods = "GET, HEAD, PUT, DELETE, OPTIONS";
            headers.AccessControlAllowHeaders =
                "Authorization, Content-Type, X-SHA-256, X-Content-Type, X-Content-Length, X-Cashu, X-Lightning, *";
            headers.AccessControlMaxAge = "86400";
            http.Response.StatusCode = 204;
            return;
        }

        try
        {
            await next(http);
        }
        catch (ProblemException e) when (!http.Response.HasStarted)
        {
            Refuse(http, e.Problem);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            var problem = e.StatusCode == 413 ? BlossomProblems.TooLarge : BlossomProblems.BadRequest;
            Refuse(http, problem with { Detail = e.Message });
        }
        catch (IOException e) when (IsFull(e) && !http.Response.HasStarted)
        {
            LogFull(e.Message);
            Refuse(http, BlossomProblems.Full);
        }
        catch (Exception e) when (e is not OperationCanceledException && !http.Response.HasStarted)
        {
            LogFailed(http.TraceIdentifier, e);
            Refuse(http, BlossomProblems.Failed with { Detail = $"Incident {http.TraceIdentifier}." });
        }
    }

    /// <summary>No space left, or the account's share of it used: ENOSPC and EDQUOT of Linux.</summary>
    internal static bool IsFull(IOException e) => e.HResult is 28 or 122;

    static void Refuse(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.HttpStatus;
        http.Response.ContentLength = null;
        foreach (var name in OfTheBlob) http.Response.Headers.Remove(name);

        http.Response.Headers["X-Reason"] = Ascii($"{problem.Sentence} [{problem.Code}]");
        if (problem.RetryAfter is { } after) http.Response.Headers.RetryAfter = $"{(long)after.TotalSeconds}";
    }

    /// <summary>A header carries printable ASCII only.</summary>
    static string Ascii(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= ' ' and <= '~' ? from[i] : '?';
    });

    [LoggerMessage(LogLevel.Error, "An upload found the disk full: {Reason}")]
    partial void LogFull(string reason);

    [LoggerMessage(LogLevel.Error, "A request failed, incident {Incident}")]
    partial void LogFailed(string incident, Exception e);
}
