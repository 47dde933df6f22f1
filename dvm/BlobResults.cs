using System.Globalization;
using System.Text;
using PoA.Nostr.Blossom;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// A result that no event can carry lies in a blob of the agent's, and the event names it (NIP-94's tags). The blob of
/// a private job is sealed; its address and its key stand in the encrypted content alone.
/// </summary>
public sealed class BlobResults(AgentDirectory agents, PlaceBlob place)
{
    /// <summary>What the event says in the place of the output.</summary>
    /// <exception cref="ProblemException">There is no server for it, or none of them keeps it.</exception>
    public async Task<JobOutput> NameAsync(Job job, JobOutput output, CancellationToken ct)
    {
        if (place.Servers.Count == 0) throw new ProblemException(JobProblems.OutputTooLarge);

        var bytes = Encoding.UTF8.GetBytes(output.Content);
        if (job.Private) return await SealAsync(job, output, bytes, ct);

        var blob = BlobContent.Of(bytes, output.Mime);
        var urls = await UrlsAsync(job, blob, ct);
        string[] type = ["m", output.Mime];
        return output with { Content = urls[0], Tags = [.. output.Tags ?? [], .. Tags(urls, blob), type] };
    }

    async Task<JobOutput> SealAsync(Job job, JobOutput output, byte[] bytes, CancellationToken ct)
    {
        var (blob, file) = SealedBlob.Seal(bytes, output.Mime);
        var urls = await UrlsAsync(job, blob, ct);
        string[][] named =
        [
            ["content", urls[0]], .. Tags(urls, blob), ["m", output.Mime],
            ["encryption-algorithm", file.Algorithm],
            ["decryption-key", file.Key],
            ["decryption-nonce", file.Nonce],
        ];
        return output with { Content = Encoding.UTF8.GetString(EventJson.WriteTags(named)) };
    }

    async Task<string[]> UrlsAsync(Job job, BlobContent blob, CancellationToken ct)
    {
        var servers = await place.PlaceAsync(agents.Signer(job.Agent), blob, ct);
        var extension = MediaTypes.Extension(blob.MediaType);
        return [.. servers.Select(server => BlossomWords.Address(server, blob.Sha256, extension).AbsoluteUri)];
    }

    static string[][] Tags(string[] urls, BlobContent blob) =>
    [
        ["url", urls[0]],
        .. urls.Skip(1).Select(url => new[] { "fallback", url }),
        ["x", blob.Sha256],
        ["size", blob.Size.ToString(CultureInfo.InvariantCulture)],
    ];
}
