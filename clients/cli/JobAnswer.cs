using System.Globalization;
using System.Text.Json;

namespace PoA.Nostr.Cli;

/// <summary>One answer, opened.</summary>
/// <param name="Event">As it came.</param>
/// <param name="Status">The word of NIP-90; "success" for a result.</param>
/// <param name="Content">In the clear.</param>
/// <param name="Problem">Set when this answer ends the exchange without a result.</param>
sealed record JobAnswer(NostrEvent Event, string Status, string Content, Problem? Problem)
{
    public static JobAnswer Read(NostrEvent answer, JobRequest request)
    {
        var content = request.Read(answer);
        if (EventKinds.IsJobResult(answer.Kind)) return new(answer, "success", content, null);

        var tags = answer.Tags;
        if (request.Encrypted && TryTags(content) is { } hidden)
        {
            tags = [.. hidden, .. answer.Tags];
            content = Tag(hidden, "content") ?? "";
        }

        var status = Tag(tags, "status") ?? "processing";
        return new(answer, status, content, ProblemOf(tags, status, content));
    }

    static Problem? ProblemOf(string[][] tags, string status, string content) => status switch
    {
        "error" => CliProblems.JobFailed with
        {
            Code = Tag(tags, "code") ?? CliProblems.JobFailed.Code,
            Detail = content.Length > 0 ? content : Extra(tags),
            Recovery = Recovery(tags) ?? CliProblems.JobFailed.Recovery,
        },
        "payment-required" or "payment_required" => CliProblems.PaymentRequired with { Price = Price(tags) },
        _ => null,
    };

    static RecoveryAction? Recovery(string[][] tags)
    {
        var word = Tag(tags, "recovery");
        foreach (var action in Enum.GetValues<RecoveryAction>())
        {
            if (action.Word() == word) return action;
        }

        return null;
    }

    static Msat? Price(string[][] tags) =>
        long.TryParse(Tag(tags, "amount"), CultureInfo.InvariantCulture, out var msat) && msat >= 0 ? new(msat) : null;

    static string? Extra(string[][] tags) => tags.FirstOrDefault(tag => tag is ["status", _, _, ..])?[2];

    static string? Tag(string[][] tags, string name) =>
        tags.FirstOrDefault(tag => tag.Length > 1 && tag[0] == name)?[1];

    static string[][]? TryTags(string content)
    {
        try
        {
            return JsonSerializer.Deserialize<string[][]>(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
