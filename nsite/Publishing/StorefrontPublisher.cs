using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Nsite.Publishing;

/// <summary>
/// Keeps every agent's storefront published: again when what it shows changes, and now and then to see that servers
/// still have it. What stands is announced by the announcer, like all else that is replaceable.
/// </summary>
public sealed partial class StorefrontPublisher(
    StorefrontSource source, PublishStorefront publish, IOptions<NsiteOptions> options, TimeProvider clock,
    ILogger<StorefrontPublisher> log) : BackgroundService, IAnnouncementSource
{
    readonly NsiteOptions _options = options.Value;
    readonly ConcurrentDictionary<string, Standing> _standing = new(StringComparer.Ordinal);

    /// <summary>What is on servers now.</summary>
    public Task<IReadOnlyList<Announcement>> AnnouncementsAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Announcement>>([.. _standing.Values.SelectMany(one => one.Announcements)]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (publish.HasServers)
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

            await PublishAsync(agent, files, hash, changed: standing?.Hash != hash, ct);
        }
    }

    async Task PublishAsync(
        AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, string hash, bool changed, CancellationToken ct)
    {
        try
        {
            var published = await publish.HandleAsync(agent, files, changed, ct);
            var goodFor = published.Complete ? _options.VerifyEvery : _options.RetryEvery;
            _standing[agent.Pubkey] = new(hash, published.Announcements, clock.GetTimestamp(), goodFor);
            if (changed) LogPublished(agent.Slug, hash, published.Servers);
        }
        catch (ProblemException e)
        {
            LogNotPublished(agent.Slug, e.Problem.Code);
        }
    }

    /// <param name="Hash">Of all files.</param>
    /// <param name="Announcements">What says where they are.</param>
    /// <param name="At">When they were last seen on the servers.</param>
    /// <param name="GoodFor">When to look again.</param>
    sealed record Standing(string Hash, IReadOnlyList<Announcement> Announcements, long At, TimeSpan GoodFor);

    [LoggerMessage(LogLevel.Information, "Published the storefront of {Slug} as {Hash}, on {Servers} servers")]
    partial void LogPublished(string slug, string hash, int servers);

    [LoggerMessage(LogLevel.Warning, "The storefront of {Slug} is not published ({Code}), again soon")]
    partial void LogNotPublished(string slug, string code);

    [LoggerMessage(LogLevel.Error, "Publishing storefronts failed, again soon")]
    partial void LogFailed(Exception e);
}
