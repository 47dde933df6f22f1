using System.Buffers.Text;
using System.Text;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A request event becomes work: decrypted in the scheme it came in, its tags put in order, its chained jobs replaced
/// by what they delivered. Done when it arrives, and again when a job is taken up after a crash.
/// </summary>
public sealed class OpenRequest(AgentDirectory agents, ReadJob jobs)
{
    /// <summary>What there is to do.</summary>
    /// <exception cref="ProblemException">It cannot be opened, or not be worked on: the code says why.</exception>
    public async Task<JobWork> HandleAsync(
        NostrEvent request, string agent, DateTimeOffset submitBy, CancellationToken ct) =>
        await WorkAsync(request, await ReadAsync(request, agent, ct), agent, submitBy, ct);

    /// <summary>The same of a request whose tags are read already.</summary>
    internal async Task<JobWork> WorkAsync(
        NostrEvent request, RequestTags tags, string agent, DateTimeOffset submitBy, CancellationToken ct)
    {
        if (Refuse(tags) is { } problem) throw new ProblemException(problem);

        var inputs = tags.Inputs;
        if (inputs.Any(input => input.Type == JobInputType.Job))
        {
            inputs = await Task.WhenAll(inputs.Select(input => ResolveAsync(input, request, ct)));
            if (BytesOf(inputs) > Limits.JobInputBytesMax) throw new ProblemException(DvmProblems.InputTooLarge);
        }

        return new(
            request.Id, request.Kind, agent, request.Pubkey, inputs, tags.Params, tags.OutputMime,
            SchemeOf(request) is not null, submitBy);
    }

    /// <summary>What the request says, decrypted where it is encrypted.</summary>
    internal async ValueTask<RequestTags> ReadAsync(NostrEvent request, string agent, CancellationToken ct)
    {
        if (SchemeOf(request) is not { } scheme) return Nip90Words.ReadRequest(request.Tags, request.Content);

        var plaintext = await DecryptAsync(scheme, request, agent, ct);
        return Nip90Words.ReadPlaintext(plaintext) is var (tags, content)
            ? Nip90Words.ReadRequest(request.Tags.Concat(tags), content)
            : throw new ProblemException(DvmProblems.Malformed with { Detail = "Its plaintext is no list of tags." });
    }

    /// <summary>
    /// How a request is encrypted, or null where it is open. NIP-44 is told by its version byte, with which one in 256
    /// of the other form begins as well; the tag may be missing where the form leaves no doubt.
    /// </summary>
    internal static Encryption? SchemeOf(NostrEvent request)
    {
        var tagged = request.HasTag("encrypted");
        if (tagged && IsVersion2(request.Content)) return Encryption.Nip44;
        return tagged || (!request.HasTag("i") && IsNip04(request.Content)) ? Encryption.Nip04 : null;
    }

    /// <summary>Null when what was read can be worked on, whatever the kind.</summary>
    internal static Problem? Refuse(RequestTags tags) =>
        tags.UnknownTypes is [var type, ..]
            ? DvmProblems.UnsupportedInput with { Detail = $"It says \"{Shortened(type)}\"." } :
        BytesOf(tags.Inputs) > Limits.JobInputBytesMax ? DvmProblems.InputTooLarge :
        tags.Inputs.Any(input => input.Type == JobInputType.Url && !MayBeFetched(input.Data)) ? DvmProblems.UrlRefused :
        tags.Inputs.Any(input => input.Type == JobInputType.Blob && BlobInputs.UriOf(input) is null)
            ? DvmProblems.BlobMisnamed :
        null;

    /// <summary>Only what is plain from the address itself: where it leads is looked at when it is fetched.</summary>
    static bool MayBeFetched(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "" };

    async ValueTask<string> DecryptAsync(Encryption scheme, NostrEvent request, string agent, CancellationToken ct)
    {
        try
        {
            return await agents.Signer(agent).DecryptAsync(scheme, request.Pubkey, request.Content, ct);
        }
        catch (ProblemException e)
        {
            throw new ProblemException(DvmProblems.WronglyEncrypted with { Detail = e.Problem.Title });
        }
    }

    /// <summary>The delivered output in the place of a chained job. A secret one stays its customer's secret.</summary>
    async Task<JobInput> ResolveAsync(JobInput input, NostrEvent request, CancellationToken ct)
    {
        if (input.Type != JobInputType.Job) return input;

        var job = Hex.Is32(input.Data) ? await jobs.FindAsync(input.Data, ct) : null;
        if (job is null || (job.Private && (job.Customer != request.Pubkey || SchemeOf(request) is null)))
        {
            throw new ProblemException(DvmProblems.ChainedJobUnknown);
        }

        if (job.Output is null)
        {
            throw new ProblemException(
                job.Status.IsTerminal() ? DvmProblems.ChainedJobUnknown : DvmProblems.ChainedJobUnfinished);
        }

        var output = job.Output;
        if (SchemeOf(NostrEdge.RequestOf(job)) is { } scheme)
        {
            output = await agents.Signer(job.Agent).DecryptAsync(scheme, job.Customer, output, ct);
        }

        return new(output, JobInputType.Text, Marker: input.Marker);
    }

    static long BytesOf(IReadOnlyList<JobInput> inputs) =>
        inputs.Sum(input => (long)Encoding.UTF8.GetByteCount(input.Data));

    static string Shortened(string text) => text.Length <= 20 ? text : text[..20];

    /// <summary>NIP-04: two base64 texts, the second of 16 bytes.</summary>
    static bool IsNip04(string content) =>
        content.Split("?iv=") is [var ciphertext, { Length: 24 } vector]
        && Base64.IsValid(ciphertext) && Base64.IsValid(vector);

    /// <summary>NIP-44: base64 of bytes that begin with 2.</summary>
    static bool IsVersion2(string content)
    {
        Span<byte> first = stackalloc byte[3];
        return content.Length >= 4 && !Nip04Words.LooksLikeOne(content)
            && Convert.TryFromBase64Chars(content.AsSpan(0, 4), first, out _) && first[0] == 2;
    }
}
