using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Blossom;

/// <summary>
/// Puts a blob on several servers: uploaded to the first that takes it, mirrored to the others from there at once,
/// uploaded where a mirror fails; then each is asked whether it has it.
/// </summary>
public sealed partial class PlaceBlob(
    BlossomClient client, IOptions<BlossomClientOptions> options, ILogger<PlaceBlob> log)
{
    const int AtOnceMax = 4;

    /// <summary>Where our own blobs go, as the operator says. Empty: nowhere.</summary>
    public IReadOnlyList<Uri> Servers { get; } =
        [.. options.Value.Servers.Select(BlossomWords.Server).OfType<Uri>().Distinct()];

    /// <summary>The servers of ours that keep the blob now.</summary>
    /// <exception cref="ProblemException">None does.</exception>
    public Task<IReadOnlyList<Uri>> PlaceAsync(ISigner signer, BlobContent blob, CancellationToken ct) =>
        PlaceAsync(Servers, signer, blob, ct);

    /// <summary>The servers that keep the blob, in the order given.</summary>
    /// <param name="servers">In order of preference (BUD-03).</param>
    /// <param name="signer">Whose blob it becomes.</param>
    /// <param name="blob">The bytes.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProblemException">No server keeps it: the reason of the last one.</exception>
    public async Task<IReadOnlyList<Uri>> PlaceAsync(
        IEnumerable<Uri> servers, ISigner signer, BlobContent blob, CancellationToken ct)
    {
        Uri[] all = [.. servers];
        var problems = new Problem?[all.Length];
        var first = 0;
        for (; first < all.Length; first++)
        {
            problems[first] = await TryKeepAsync(all[first], null, signer, blob, ct);
            if (problems[first] is null) break;
        }

        var source = first < all.Length ? all[first] : null;
        var others = new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct };
        await Parallel.ForAsync(first + 1, all.Length, others, async (i, token) =>
            problems[i] = await TryKeepAsync(all[i], source, signer, blob, token));

        var last = problems.LastOrDefault(problem => problem is not null);
        return source is not null ? [.. all.Where((_, i) => problems[i] is null)] : throw new ProblemException(
            BlossomClientProblems.NotKept with { Detail = last?.Sentence, RetryAfter = last?.RetryAfter });
    }

    /// <summary>Null when the server keeps the blob.</summary>
    async Task<Problem?> TryKeepAsync(
        Uri server, Uri? source, ISigner signer, BlobContent blob, CancellationToken ct)
    {
        try
        {
            await KeepAsync(server, source, signer, blob, ct);
            return null;
        }
        catch (ProblemException e)
        {
            LogNotKept(blob.Sha256, server.Authority, e.Problem.Code);
            return e.Problem;
        }
    }

    async Task KeepAsync(Uri server, Uri? source, ISigner signer, BlobContent blob, CancellationToken ct)
    {
        if (source is null || !await MirroredAsync(server, source, signer, blob, ct))
        {
            await client.UploadAsync(server, signer, blob, ct);
        }

        var head = await client.HeadAsync(server, blob.Sha256, ct)
            ?? throw new ProblemException(BlossomClientProblems.NotFound);
        if (head.Size is { } size && size != blob.Size) throw new ProblemException(BlossomClientProblems.WrongAnswer);
    }

    /// <summary>False when the bytes have to be sent: a server may know no mirrors, or not reach the source.</summary>
    async Task<bool> MirroredAsync(Uri server, Uri source, ISigner signer, BlobContent blob, CancellationToken ct)
    {
        try
        {
            var address = BlossomWords.Address(source, blob.Sha256, MediaTypes.Extension(blob.MediaType));
            await client.MirrorAsync(server, signer, address, blob.Sha256, ct);
            return true;
        }
        catch (ProblemException e)
        {
            LogNotMirrored(blob.Sha256, server.Authority, e.Problem.Code);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Blob {Sha256} is not kept by {Server}: {Code}")]
    partial void LogNotKept(string sha256, string server, string code);

    [LoggerMessage(LogLevel.Debug, "Blob {Sha256} was not mirrored by {Server}: {Code}")]
    partial void LogNotMirrored(string sha256, string server, string code);
}
