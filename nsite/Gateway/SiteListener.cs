using Microsoft.Extensions.Hosting;
using PoA.Nostr.Blossom;
using PoA.Nostr.Relays;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// Hears at every relay of ours what authors say of their sites, so that a new version is shown at once and not after
/// a while. What is heard is taken for a hint only: the site is looked up, and verified, anew.
/// </summary>
sealed class SiteListener(RelayPool pool, FindSite sites, TimeProvider clock) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    static readonly Filter New = new()
    {
        Kinds = [Nip5AWords.RootSite, Nip5AWords.NamedSite, Nip5AWords.LegacyFile, BlossomWords.ServerListKind],
        Limit = 0,
    };

    readonly Dictionary<RelayLink, RelaySubscription> _open = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await FollowAsync();
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
        }
        finally
        {
            foreach (var subscription in _open.Values) await subscription.DisposeAsync();
        }
    }

    /// <summary>Relays come and go while the service runs.</summary>
    async Task FollowAsync()
    {
        var ours = pool.Links.Where(link => !link.IsStranger).ToHashSet();
        foreach (var (link, subscription) in _open.Where(open => !ours.Contains(open.Key)).ToList())
        {
            _open.Remove(link);
            await subscription.DisposeAsync();
        }

        foreach (var link in ours.Where(link => !_open.ContainsKey(link)))
        {
            _open[link] = await link.SubscribeAsync("sites", [New], HearAsync);
        }
    }

    ValueTask HearAsync(NostrEvent said)
    {
        sites.Heard(said);
        return ValueTask.CompletedTask;
    }
}
