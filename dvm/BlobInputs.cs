using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using PoA.Nostr.Blossom;
using PoA.Nostr.Fetch;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Inputs that lie in blobs: looked for where the request says, where its customer and the named authors keep blobs
/// (BUD-03), then on our own servers. Strangers' servers are asked when the work begins, never while requests wait;
/// only bytes that have the hash are taken, and sealed ones are opened here.
/// </summary>
public sealed partial class BlobInputs(
    IEnumerable<JobKind> kinds, FindBlob find, PlaceBlob place, LookUpEvents index)
{
    const int ServersMax = 8;
    static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(15);

    readonly Dictionary<int, JobKind> _kinds = kinds.ToDictionary(kind => kind.Kind);

    /// <summary>
    /// The work with texts in the place of blobs. What is no text stays an address, with the hash that must be there.
    /// </summary>
    /// <exception cref="ProblemException">A blob is nowhere, is too large, or is nothing for this kind.</exception>
    public async ValueTask<JobWork> ReadAsync(JobWork work, CancellationToken ct)
    {
        if (!work.Inputs.Any(input => input.Type == JobInputType.Blob || HashIn(input) is not null)) return work;

        var room = (long)Limits.JobInputBytesMax;
        List<JobInput> inputs = [];
        foreach (var input in work.Inputs)
        {
            inputs.Add(input.Type == JobInputType.Blob
                ? await ReadAsync(input, work.Customer, room, ct)
                : input with { Sha256 = HashIn(input) });
            room -= Encoding.UTF8.GetByteCount(inputs[^1].Data);
            if (room < 0) throw new ProblemException(DvmProblems.InputTooLarge);
        }

        work = work with { Inputs = inputs };
        return _kinds.GetValueOrDefault(work.Kind)?.Refuse(work) is { } problem
            ? throw new ProblemException(problem)
            : work;
    }

    /// <summary>Null for anything that names no blob. Beside a bare hash, the relay's place is a server's.</summary>
    internal static BlossomUri? UriOf(JobInput input) =>
        Hex.Is32(input.Data)
            ? new(input.Data, "bin", input.Relay is { } server ? [server] : [], [], null)
            : BlossomUri.TryParse(input.Data);

    /// <summary>The document, when its bytes are those that the input promised.</summary>
    internal static FetchedDocument Checked(JobInput input, FetchedDocument document) =>
        input.Sha256 is null || input.Sha256 == document.Sha256
            ? document
            : throw new ProblemException(BlossomClientProblems.WrongBytes);

    async Task<JobInput> ReadAsync(JobInput input, string customer, long room, CancellationToken ct)
    {
        var uri = UriOf(input) ?? throw new ProblemException(DvmProblems.BlobMisnamed);
        if (uri.Size > room) throw new ProblemException(DvmProblems.InputTooLarge);

        var found = await FindAsync(uri, customer, room, ct);
        if (input.Seal is { } seal)
        {
            return SealedBlob.Open(seal, found.Body) is { } opened && IsText(opened)
                ? new(Encoding.UTF8.GetString(opened), JobInputType.Text, Marker: input.Marker)
                : throw new ProblemException(DvmProblems.BlobSealed);
        }

        return IsText(found.Body)
            ? new(Encoding.UTF8.GetString(found.Body), JobInputType.Text, Marker: input.Marker)
            : new(found.Final.AbsoluteUri, JobInputType.Url, Marker: input.Marker) { Sha256 = uri.Sha256 };
    }

    static bool IsText(byte[] bytes) => Utf8.IsValid(bytes) && !bytes.AsSpan().Contains((byte)0);

    async Task<FetchedDocument> FindAsync(BlossomUri uri, string customer, long room, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeMax);
        try
        {
            return await find.FindAsync(await ServersAsync(uri, customer, ct), uri.Sha256, room, deadline.Token);
        }
        catch (ProblemException e) when (e.Problem.Code == FetchProblems.TooLarge.Code)
        {
            throw new ProblemException(DvmProblems.InputTooLarge);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(FetchProblems.TooSlow);
        }
    }

    async Task<IEnumerable<Uri>> ServersAsync(BlossomUri uri, string customer, CancellationToken ct)
    {
        List<Uri> servers = [.. uri.Addresses];
        foreach (var author in uri.Authors.Append(customer).Distinct())
        {
            if (servers.Count >= ServersMax) break;
            var list = await index.ReplaceableAsync(BlossomWords.ServerListKind, author, ct);
            if (list is not null) servers.AddRange(BlossomWords.Servers(list));
        }

        return servers.Take(ServersMax).Concat(place.Servers).Distinct();
    }

    /// <summary>The hash in a blob's own address. Others end in a hash too, but in no extension after it.</summary>
    static string? HashIn(JobInput input) =>
        input.Type == JobInputType.Url && Uri.TryCreate(input.Data.Trim(), UriKind.Absolute, out var url)
        && BlobPath().Match(url.AbsolutePath) is { Success: true } match
            ? match.Groups[1].Value
            : null;

    [GeneratedRegex(@"\A/([0-9a-f]{64})\.[a-zA-Z0-9]{1,16}\z")]
    private static partial Regex BlobPath();
}
