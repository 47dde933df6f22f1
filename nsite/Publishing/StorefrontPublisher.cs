using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Nsite.Publishing;

/// <summary>
/// Keeps every agent's storefront published. The files go to its Blossom servers first, and only when they are there
/// it says so: a manifest (15128), its servers (10063), and one event a file for older hosts (34128).
/// </summary>
public sealed partial class StorefrontPublisher(
    StorefrontSource source, AgentDirectory agents, PlaceBlob place, WithdrawFiles withdraw,
    IOptions<NsiteOptions> options, TimeProvider clock, ILogger<StorefrontPublisher> log)
    : BackgroundService, IAnnouncementSource
{
    const int FilesAtOnce = 4;
    const int DescriptionCharsMax = 280;

    readonly NsiteOptions _options = options.Value;
    readonly ConcurrentDictionary<string, Standing> _standing = new(StringComparer.Ordinal);

    /// <summary>What stands on servers now.</summary>
    public Task<IReadOnlyList<Announcement>> AnnouncementsAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Announcement>>([.. _standing.Values.SelectMany(one => one.Announcements)]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (place.Servers.Count > 0)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
            }

            await Task.Delay(_options.CheckEvery, clock, stoppingToken);
        }
    }

    async Task LookAsync(CancellationToken ct)
    {
        var all = await source(ct);
        foreach (var gone in _standing.Keys.Except(all.Select(one => one.Pubkey))) _standing.TryRemove(gone, out _);
        foreach (var agent in all)
        {
            var files = StorefrontFiles.Of(agent);
            var hash = Nip5AWords.AggregateHash(files.Select(file => file.Entry));
            var standing = _standing.GetValueOrDefault(agent.Pubkey);
            if (standing?.Hash == hash && clock.GetElapsedTime(standing.At) < standing.GoodFor) continue;

            await PublishAsync(agent, files, hash, ct);
        }
    }

    async Task PublishAsync(
        AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, string hash, CancellationToken ct)
    {
        var signer = agents.Signer(agent.Pubkey);
        IReadOnlyList<Uri> kept;
        try
        {
            kept = await KeepAsync(signer, files, ct);
        }
        catch (ProblemException e)
        {
            LogNotKept(agent.Slug, e.Problem.Code);
            return;
        }

        var site = new Site(
            $"{agent.Name} – an agent for hire", Cut(agent.About), [.. files.Select(file => file.Entry)],
            [.. kept.Select(BlossomWords.Text)], agent.SourceUrl);
        var before = _standing.GetValueOrDefault(agent.Pubkey);
        var goodFor = kept.Count < place.Servers.Count ? _options.RetryEvery : _options.VerifyEvery;
        if (before?.Hash != hash) await withdraw.HandleAsync(signer, site.Files, ct);
        _standing[agent.Pubkey] = new(hash, [.. Announce(signer, site)], clock.GetTimestamp(), goodFor);
        if (before?.Hash != hash) LogPublished(agent.Slug, hash, kept.Count);
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

    IEnumerable<Announcement> Announce(ISigner signer, Site site) =>
    [
        new(signer, Nip5AWords.RootSite, Nip5AWords.ManifestTags(site), ""),
        new(signer, BlossomWords.ServerListKind, BlossomWords.ServerList(place.Servers, 0).Tags, ""),
        .. site.Files.Select(file => new Announcement(
            signer, Nip5AWords.LegacyFile, Nip5AWords.LegacyTags(file), "")),
    ];

    static string Cut(string text) => text.Length <= DescriptionCharsMax ? text : text[..DescriptionCharsMax];

    /// <param name="Hash">Of all files.</param>
    /// <param name="Announcements">What says so.</param>
    /// <param name="At">When it was last seen on the servers.</param>
    /// <param name="GoodFor">When to look again.</param>
    sealed record Standing(string Hash, IReadOnlyList<Announcement> Announcements, long At, TimeSpan GoodFor);

    [LoggerMessage(LogLevel.Information, "Published the storefront of {Slug} as {Hash} on {Servers} servers")]
    partial void LogPublished(string slug, string hash, int servers);

    [LoggerMessage(LogLevel.Warning, "No server keeps all of {Slug}'s storefront ({Code}), again soon")]
    partial void LogNotKept(string slug, string code);

    [LoggerMessage(LogLevel.Error, "Publishing storefronts failed, again soon")]
    partial void LogFailed(Exception e);
}
