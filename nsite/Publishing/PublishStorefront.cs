using System.Collections.Concurrent;
using PoA.Nostr.Blossom;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Nsite.Publishing;

/// <summary>
/// One agent's storefront goes out. The files go to the Blossom servers first, and only what is there is spoken of: by
/// a manifest (15128), the list of its servers (10063), and one event a file for older hosts (34128).
/// </summary>
public sealed class PublishStorefront(
    AgentDirectory agents, PlaceBlob place, WithdrawFiles withdraw, ReleaseStorefront release)
{
    const int FilesAtOnce = 4;
    const int DescriptionCharsMax = 280;

    /// <summary>Whether there is anywhere to keep it.</summary>
    public bool HasServers => place.Servers.Count > 0;

    /// <param name="agent">What it shows.</param>
    /// <param name="files">The same as files.</param>
    /// <param name="changed">False when the very same files were published before by this process.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProblemException">No server keeps all of it: nothing is said.</exception>
    public async Task<PublishedStorefront> HandleAsync(
        AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, bool changed, CancellationToken ct)
    {
        var signer = agents.Signer(agent.Pubkey);
        var servers = await KeepAsync(signer, files, ct);
        var site = new Site(
            $"{agent.Name} – an agent for hire", Cut(agent.About), [.. files.Select(file => file.Entry)],
            [.. servers.Select(BlossomWords.Text)], agent.SourceUrl);
        if (changed) await withdraw.HandleAsync(signer, site.Files, ct);
        IReadOnlyList<Announcement> all =
        [
            new(signer, Nip5AWords.RootSite, Nip5AWords.ManifestTags(site), ""),
            new(signer, BlossomWords.ServerListKind, BlossomWords.ServerList(place.Servers, 0).Tags, ""),
            .. site.Files.Select(file => new Announcement(
                signer, Nip5AWords.LegacyFile, Nip5AWords.LegacyTags(file), "")),
            .. await release.HandleAsync(signer, agent, files, site, servers, ct),
        ];
        return new(all, servers.Count, servers.Count == place.Servers.Count);
    }

    /// <summary>The servers that have all of the files now.</summary>
    async Task<IReadOnlyList<Uri>> KeepAsync(
        ISigner signer, IReadOnlyList<StorefrontFile> files, CancellationToken ct)
    {
        var keep = new ConcurrentBag<IReadOnlyList<Uri>>();
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(files, atOnce, async (file, ct) => keep.Add(
            await place.PlaceAsync(signer, BlobContent.Of(file.Bytes, file.MediaType), ct)));
        IReadOnlyList<Uri> all = [.. place.Servers.Where(server => keep.All(kept => kept.Contains(server)))];
        return all.Count > 0 ? all : throw new ProblemException(BlossomClientProblems.NotKept);
    }

    static string Cut(string text) => text.Length <= DescriptionCharsMax ? text : text[..DescriptionCharsMax];
}

/// <param name="Announcements">What says where it is.</param>
/// <param name="Servers">How many have all of it.</param>
/// <param name="Complete">Those are all of ours.</param>
public sealed record PublishedStorefront(IReadOnlyList<Announcement> Announcements, int Servers, bool Complete);
