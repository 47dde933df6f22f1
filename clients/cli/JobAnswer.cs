namespace PoA.Nostr.Cli;

/// <summary>One answer, opened.</summary>
/// <param name="Event">As it came.</param>
/// <param name="Status">The word of NIP-90; "success" for a result.</param>
/// <param name="Content">In the clear.</param>
/// <param name="Problem">Set when this answer ends the exchange without a result.</param>
sealed record JobAnswer(NostrEvent Event, string Status, string Content, Problem? Problem)
{
    /// <summary>The invoice over what the job costs, where this answer asks for payment.</summary>
    public string? Bolt11 { get; private init; }

    /// <summary>Whether it only asks for payment.</summary>
    public bool IsQuote => Problem?.Code == CliProblems.PaymentRequired.Code;

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
        var bolt11 = Nip90Words.ReadAnswer(tags).Bolt11;
        return new(answer, status, content, ProblemOf(tags, content)) { Bolt11 = bolt11 };
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
            JobFeedback.PaymentRequired => CliProblems.PaymentRequired with
            {
                Price = answer.Amount,
                Detail = HowToPay(tags, answer),
            },
            _ => null,
        };
    }

    /// <summary>What a person pays with; each on a line of its own.</summary>
    static string HowToPay(string[][] tags, AnswerTags answer)
    {
        List<string> lines = [];
        if (answer.Extra is { } why) lines.Add(why);
        if (answer.Amount is { } price) lines.Add($"It costs {price.Sat} sat. Send the job again with --pay balance,");
        lines.Add("or with --pay wait, which waits while you pay one of these:");
        if (answer.Bolt11 is { } invoice) lines.Add($"Lightning: {invoice}");
        if (Tag(tags, "cashu") is { } request) lines.Add($"Cashu:     {request}");
        return string.Join('\n', lines);
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
