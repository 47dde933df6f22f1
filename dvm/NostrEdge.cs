using System.Text;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// NIP-90 as a projection of a job: every change becomes one signed event, dated later than the one before it, and in
/// the scheme of the request where that was encrypted.
/// </summary>
public sealed class NostrEdge(
    AgentDirectory agents, OpenRequest open, AnswerRelays relays, BlobResults blobs, BlobInputs inputs,
    TimeProvider clock) : IJobEdge
{
    public const string EdgeName = "nostr";

    public string Name => EdgeName;

    /// <summary>A job that has just arrived, and nothing is done yet.</summary>
    internal static Job Received(NostrEvent request, Agent agent, DateTimeOffset now) =>
        new(
            request.Id, EdgeName, request.Kind, agent.Pubkey, request.Pubkey, OpenRequest.SchemeOf(request) is not null,
            Encoding.UTF8.GetString(EventJson.Write(request)), agent.Prices.GetValueOrDefault(request.Kind),
            JobStatus.Received, 1)
        {
            ReceivedAt = now,
            // The first answer is dated no earlier than the request, whatever the customer's clock says.
            SaidAt = request.CreatedAt - 1,
        };

    /// <summary>The kind is the job's: a zap that hires is of no kind that is sold.</summary>
    public async ValueTask<JobWork> OpenAsync(Job job, CancellationToken ct)
    {
        var work = await open.HandleAsync(RequestOf(job), job.Agent, job.SubmitBy ?? clock.GetUtcNow(), ct);
        return work with { Kind = job.Kind };
    }

    public ValueTask<JobWork> FetchAsync(JobWork work, CancellationToken ct) => inputs.ReadAsync(work, ct);

    public async ValueTask<JobOutput> ReadOutputAsync(Job job, CancellationToken ct)
    {
        var content = await DecryptAsync(job, job.Output!, ct);
        var tags = job.OutputTags is { } kept ? Nip90Words.ReadPlaintext(await DecryptAsync(job, kept, ct)) : null;
        return new(content, Tags: tags?.Tags);
    }

    public async ValueTask<JobSaying> SayAsync(JobNews news, CancellationToken ct)
    {
        var request = RequestOf(news.Job);
        var at = Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), news.Job.SaidAt + 1);
        var destinations = await relays.ForAsync(request, news.Job.Agent, ct);
        var (said, output) = news.Output is { } given
            ? await ResultAsync(request, news, given, at, relays.RoomAt(destinations), ct)
            : (await FeedbackAsync(request, news, at, ct), null);
        List<OutboxEntry> entries = [new(said, destinations, "jobs")];
        if (request.Kind == Nip57Words.RequestKind && news.Output is { } hired)
        {
            entries.Add(new(await LetterAsync(news.Job, hired, ct), destinations, "jobs"));
        }

        return new(entries, at, output, await TagsAsync(news, ct));
    }

    /// <summary>Who hires by a zap may know no NIP-90: the result comes in a private message too (NIP-17).</summary>
    async ValueTask<NostrEvent> LetterAsync(Job job, JobOutput output, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var letter = Nip17Words.Message([job.Customer], Sayable(output.Content), now.ToUnixTimeSeconds());
        return (await Nip17Words.WrapAsync(agents.Signer(job.Agent), letter, now, ct))[0];
    }

    /// <summary>What a dispute about a job with a price is decided by, kept as secret as the output.</summary>
    async ValueTask<string?> TagsAsync(JobNews news, CancellationToken ct)
    {
        if (!news.Job.IsPaid || news.Output?.Tags is not { Count: > 0 } tags) return null;

        var json = Encoding.UTF8.GetString(EventJson.WriteTags([.. tags]));
        return news.Job.Private ? await EncryptAsync(news.Job, json, ct) : json;
    }

    async ValueTask<NostrEvent> FeedbackAsync(NostrEvent request, JobNews news, long at, CancellationToken ct)
    {
        var (tags, plain) = AnswerEvents.FeedbackOn(request, news);
        var content = Sayable(plain);
        if (news.Job.Private && MayEncrypt(news))
        {
            string[][] secret = [.. tags, ["content", content]];
            content = await EncryptAsync(news.Job, Encoding.UTF8.GetString(EventJson.WriteTags(secret)), ct);
            tags = AnswerEvents.Shell(tags);
        }

        return await SignAsync(news.Job, new(Nip90Words.FeedbackKind, at, [.. tags], content), ct);
    }

    /// <summary>
    /// In the event where the relays that carry it take that much, else in a blob. Where a relay is narrow and no
    /// server keeps a blob, the event goes to the relays that take it.
    /// </summary>
    async ValueTask<(NostrEvent Event, string Output)> ResultAsync(
        NostrEvent request, JobNews news, JobOutput output, long at, AnswerRoom room, CancellationToken ct)
    {
        var job = news.Job;
        output = output with { Content = Sayable(output.Content) };
        var size = Encoding.UTF8.GetByteCount(output.Content);
        if (size > Limits.OutputBytesMax) throw new ProblemException(JobProblems.OutputTooLarge);

        var kept = await ContentAsync(job, output, ct);
        var whole = new EventTemplate(Nip90Words.ResultKind(job.Kind), at, [], kept);
        var small = size <= Limits.InlineResultBytesMax;
        if (small && await FittingAsync(request, news, output, whole, room, ct) is { } said) return (said, kept);
        try
        {
            var named = await blobs.NameAsync(job, output, ct);
            var naming = whole with { Content = await ContentAsync(job, named, ct) };
            return await FittingAsync(request, news, named, naming, AnswerRoom.Ours, ct) is { } brief
                ? (brief, kept)
                : throw new ProblemException(JobProblems.OutputTooLarge);
        }
        catch (ProblemException) when (small && room != AnswerRoom.Ours)
        {
            if (await FittingAsync(request, news, output, whole, AnswerRoom.Ours, ct) is { } wide) return (wide, kept);
            throw;
        }
    }

    ValueTask<string> ContentAsync(Job job, JobOutput output, CancellationToken ct) =>
        job.Private ? EncryptAsync(job, output.Content, ct) : ValueTask.FromResult(output.Content);

    /// <summary>The result signed, without the request where that is too much of it; null when it still is.</summary>
    async ValueTask<NostrEvent?> FittingAsync(
        NostrEvent request, JobNews news, JobOutput output, EventTemplate result, AnswerRoom room,
        CancellationToken ct)
    {
        foreach (var requestJson in new[] { news.Job.Request, null })
        {
            var said = await SignAsync(
                news.Job, result with { Tags = [.. AnswerEvents.ResultOf(request, requestJson, news, output)] }, ct);
            if (room.Holds(said)) return said;
        }

        return null;
    }

    /// <summary>A problem with the encryption itself is told in the open: there is nothing in it to hide.</summary>
    static bool MayEncrypt(JobNews news) => news.Problem?.Code != DvmProblems.WronglyEncrypted.Code;

    ValueTask<string> EncryptAsync(Job job, string plaintext, CancellationToken ct) =>
        agents.Signer(job.Agent).EncryptAsync(SchemeOf(job), job.Customer, plaintext, ct);

    ValueTask<string> DecryptAsync(Job job, string kept, CancellationToken ct) => job.Private
        ? agents.Signer(job.Agent).DecryptAsync(SchemeOf(job), job.Customer, kept, ct)
        : ValueTask.FromResult(kept);

    ValueTask<NostrEvent> SignAsync(Job job, EventTemplate template, CancellationToken ct) =>
        agents.Signer(job.Agent).SignAsync(
            EventProblems.RefuseToSign(template) is null
                ? template
                : template with { Tags = [.. template.Tags.Select(tag => Array.ConvertAll(tag, Sayable))] },
            ct);

    /// <summary>Without the two characters that some relay or database cannot keep: U+0000 and U+007F.</summary>
    static string Sayable(string text) =>
        text.AsSpan().ContainsAny('\0', '\u007f')
            ? text.Replace("\0", "", StringComparison.Ordinal).Replace("\u007f", "", StringComparison.Ordinal)
            : text;

    static Encryption SchemeOf(Job job) => OpenRequest.SchemeOf(RequestOf(job)) ?? Encryption.Nip44;

    internal static NostrEvent RequestOf(Job job) =>
        EventJson.TryParse(Encoding.UTF8.GetBytes(job.Request), out var problem)
            ?? throw new ProblemException(problem!);
}
