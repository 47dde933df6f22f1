using System.Globalization;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>The events that tell a customer what became of a job (NIP-90): their tags and words.</summary>
static class AnswerEvents
{
    /// <summary>Feedback on an open request, or what of an encrypted one everybody may see.</summary>
    internal static (List<string[]> Tags, string Content) FeedbackOn(NostrEvent request, JobNews news)
    {
        List<string[]> tags = [Status(news), ["e", request.Id], ["p", request.Pubkey], ["job", news.Job.Id]];
        if (news.Problem is { } problem) AddProblem(tags, problem);
        tags.Add(["alt", Alt(request.Kind, news)]);
        return (tags, news.Problem?.Sentence ?? news.Partial ?? "");
    }

    /// <summary>
    /// What of the feedback on an encrypted request everybody may see: that there is one. A code is from a closed set
    /// and says nothing of the request; the reason and the partial result stay between the two.
    /// </summary>
    internal static List<string[]> Shell(List<string[]> tags) =>
        [.. tags.Select(tag => tag is ["status", var word, ..] ? ["status", word] : tag), ["encrypted"]];

    /// <summary>The result, without its content.</summary>
    /// <param name="request">Answered.</param>
    /// <param name="requestJson">The same as text, for the request tag; null leaves it out.</param>
    /// <param name="news">What happened.</param>
    /// <param name="output">The tags of an open job's output go along.</param>
    internal static List<string[]> ResultOf(NostrEvent request, string? requestJson, JobNews news, JobOutput output)
    {
        List<string[]> tags = [["e", request.Id], ["p", request.Pubkey]];
        if (requestJson is not null) tags.Insert(0, ["request", requestJson]);
        if (news.Job.Private) tags.Add(["encrypted"]);
        else
        {
            if (requestJson is not null) tags.AddRange(request.TagsNamed("i"));
            tags.AddRange(output.Tags ?? []);
        }

        // The public schema of results wants the amount of a free job too.
        tags.Add(Nip90Words.Amount(news.Job.Price));
        tags.Add(Nip90Words.Status(JobFeedback.Success));
        tags.Add(["job", news.Job.Id]);
        tags.Add(["alt", $"Result of a job of kind {Number(request.Kind)}"]);
        return tags;
    }

    /// <summary>The five words of NIP-90 and no other: clients compare them exactly.</summary>
    static string[] Status(JobNews news) => news switch
    {
        { Problem: { } problem } => Nip90Words.Status(JobFeedback.Error, problem.Sentence),
        { Partial: not null } => Nip90Words.Status(JobFeedback.Partial),
        { Status: JobStatus.Quoted } => Nip90Words.Status(JobFeedback.PaymentRequired),
        _ => Nip90Words.Status(JobFeedback.Processing),
    };

    static void AddProblem(List<string[]> tags, Problem problem)
    {
        tags.Add(["code", problem.Code]);
        tags.Add(["recovery", problem.Recovery.Word()]);
        if (problem.RetryAfter is { } wait) tags.Add(["retry_after", Number((long)wait.TotalSeconds)]);
        if (problem.Price is { } price) tags.Add(Nip90Words.Amount(price));
    }

    static string Alt(int kind, JobNews news) =>
        news.Problem is null
            ? $"Feedback on a job of kind {Number(kind)}"
            : $"Refusal or failure of a job of kind {Number(kind)}";

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
