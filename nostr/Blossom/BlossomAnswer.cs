using System.Net;
using System.Text.Json;

namespace PoA.Nostr.Blossom;

/// <summary>Reads what servers answer: a status, a reason for people, a bounded piece of JSON.</summary>
static class BlossomAnswer
{
    const int ReasonCharsMax = 200;
    static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    /// <summary>Null for a success. What the server says goes into the detail, printable and short.</summary>
    public static Problem? ProblemOf(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode) return null;
        var problem = answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => BlossomClientProblems.TokenRefused,
            HttpStatusCode.PaymentRequired => BlossomClientProblems.PaymentRequired,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => BlossomClientProblems.NotFound,
            HttpStatusCode.RequestEntityTooLarge => BlossomClientProblems.TooLarge,
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => BlossomClientProblems.Busy,
            HttpStatusCode.InsufficientStorage => BlossomClientProblems.Refused,
            >= HttpStatusCode.InternalServerError => BlossomClientProblems.Failed,
            _ => BlossomClientProblems.Refused,
        };
        return problem with
        {
            Detail = $"It said {(int)answer.StatusCode}{Reason(answer)}.",
            RetryAfter = RetryAfter(answer),
        };
    }

    /// <exception cref="ProblemException">It is too long, or no JSON.</exception>
    public static async Task<JsonDocument> JsonAsync(HttpResponseMessage answer, int bytesMax, CancellationToken ct)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (whole.Length + read > bytesMax) throw new ProblemException(BlossomClientProblems.WrongAnswer);
            whole.Write(buffer, 0, read);
        }

        try
        {
            return JsonDocument.Parse(whole.GetBuffer().AsMemory(0, (int)whole.Length));
        }
        catch (JsonException)
        {
            throw new ProblemException(BlossomClientProblems.WrongAnswer with { Detail = "It is not JSON." });
        }
    }

    static string Reason(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("X-Reason", out var reasons)) return "";
        var reason = string.Concat(reasons.First().Where(c => c is >= ' ' and <= '~').Take(ReasonCharsMax));
        return $": {reason.TrimEnd('.')}";
    }

    static TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } wait ? wait < RetryAfterMax ? wait : RetryAfterMax : null;
}
