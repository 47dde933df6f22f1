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
        if (news is { Status: JobStatus.Quoted, Quote: { } quote }) tags.AddRange(Offer(news.Job, quote));
        if ((news.Problem ?? news.Notice) is { } problem) AddProblem(tags, problem);
        if (news.Refund is { } refund) tags.Add(Refund(refund));
        tags.Add(["alt", Alt(request.Kind, news)]);
        return (tags, (news.Problem ?? news.Notice)?.Sentence ?? news.Partial ?? "");
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
        { Status: JobStatus.Quoted } => Nip90Words.Status(JobFeedback.PaymentRequired, news.Notice?.Sentence),
        _ => Nip90Words.Status(JobFeedback.Processing),
    };

    /// <summary>
    /// The price and the ways to pay it as NIP-90 and NUT-18 have them; then what the offer says: who keeps the money,
    /// what of it the platform keeps, the time for each step (seconds), and what silence after a dispute means.
    /// </summary>
    static IEnumerable<string[]> Offer(Job job, JobQuote quote)
    {
        var terms = job.Terms!;
        yield return Nip90Words.Amount(job.Price, quote.Bolt11);
        if (quote.Creq is { } creq) yield return ["cashu", creq];
        yield return ["escrow", terms.Escrow];
        yield return ["fee_bps", Number(terms.FeeBps)];
        yield return ["pay_by", Number(job.PayBy!.Value.ToUnixTimeSeconds())];
        yield return ["submit_within", Number((long)terms.SubmitWithin.TotalSeconds)];
        yield return ["accept_within", Number((long)terms.AcceptWithin.TotalSeconds)];
        yield return ["arbitrate_within", Number((long)terms.ArbitrateWithin.TotalSeconds)];
        yield return ["at_timeout", terms.AtTimeout.ToString().ToLowerInvariant()];
    }

    /// <summary>By its id the refund can be asked for; the amount is in msats.</summary>
    static string[] Refund(RefundNews refund)
    {
        string[] tag = ["refund", refund.Id.ToString(), refund.State, Number(refund.Amount.Value)];
        return refund.Way is { } way ? [.. tag, way] : tag;
    }

    static void AddProblem(List<string[]> tags, Problem problem)
    {
        tags.Add(["code", problem.Code]);
        tags.Add(["recovery", problem.Recovery.Word()]);
        if (problem.RetryAfter is { } wait) tags.Add(["retry_after", Number((long)wait.TotalSeconds)]);
        if (problem.Price is { } price && !tags.Exists(tag => tag[0] == "amount")) tags.Add(Nip90Words.Amount(price));
    }

    static string Alt(int kind, JobNews news) =>
        news.Problem is null
            ? $"Feedback on a job of kind {Number(kind)}"
            : $"Refusal or failure of a job of kind {Number(kind)}";

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
