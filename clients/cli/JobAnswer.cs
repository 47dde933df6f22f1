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
        if (request.Encrypted && Nip90Words.ReadPlaintext(content) is ({ Count: > 0 } hidden, _))
        {
            tags = [.. hidden, .. answer.Tags];
            content = Tag(tags, "content") ?? "";
        }

        var status = Tag(tags, "status") ?? "processing";
        return new(answer, status, content, ProblemOf(tags, content));
    }

    static Problem? ProblemOf(string[][] tags, string content)
    {
        var answer = Nip90Words.ReadAnswer(tags);
        return answer.Status switch
        {
            JobFeedback.Error => CliProblems.JobFailed with
            {
                Code = Tag(tags, "code") ?? CliProblems.JobFailed.Code,
                Detail = content.Length > 0 ? content : answer.Extra,
                Recovery = Recovery(tags) ?? CliProblems.JobFailed.Recovery,
            },
            JobFeedback.PaymentRequired => CliProblems.PaymentRequired with { Price = answer.Amount },
            _ => null,
        };
    }

    static RecoveryAction? Recovery(string[][] tags)
    {
        var word = Tag(tags, "recovery");
        foreach (var action in Enum.GetValues<RecoveryAction>())
        {
            if (action.Word() == word) return action;
        }

        return null;
    }

    static string? Tag(string[][] tags, string name) =>
        tags.FirstOrDefault(tag => tag.Length > 1 && tag[0] == name)?[1];
}
