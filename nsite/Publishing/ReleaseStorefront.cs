using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Nsite.Zapstore;

namespace PoA.Nostr.Nsite.Publishing;

/// <summary>
/// Says of each version of an agent, once: how its site stood then (5128), and where its open code has an asset for
/// Zapstore (3063, and 1063 for older readers). Only relays with the store's role get the latter.
/// </summary>
public sealed class ReleaseStorefront(NpgsqlDataSource db, IOutbox outbox, TimeProvider clock)
{
    const string Announce = "announce";
    const string Store = "zapstore";

    /// <summary>What keeps standing in the store: the application and this release. None for closed code.</summary>
    /// <param name="signer">The agent's.</param>
    /// <param name="agent">What its storefront shows.</param>
    /// <param name="files">Of the storefront; they are on the servers.</param>
    /// <param name="site">The same as its manifest has it.</param>
    /// <param name="servers">Those that have all of it.</param>
    /// <param name="ct">Ends it; what is not released then is released next time.</param>
    public async Task<IReadOnlyList<Announcement>> HandleAsync(
        ISigner signer, AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, Site site,
        IReadOnlyList<Uri> servers, CancellationToken ct)
    {
        var app = AppListing.Of(agent, files, servers[0]);
        var asset = AppListing.AssetOf(agent, files, servers);
        var row = new { agent = agent.Pubkey, agent.Version };
        var assetId = await db.OneAsync<string>(SelectAsset, row, ct)
            ?? await db.InTransactionAsync(tx => ReleaseAsync(tx, signer, app, asset, site, ct), ct);
        return agent.License is null
            ? []
            :
            [
                new(signer, Nip82Words.App, Nip82Words.AppTags(app), agent.About) { Role = Store },
                new(signer, Nip82Words.Release, Nip82Words.ReleaseTags(app, agent.Version, assetId), "")
                {
                    Role = Store,
                },
            ];
    }

    /// <summary>The id of the asset; another process may have released it meanwhile.</summary>
    async Task<string> ReleaseAsync(
        NpgsqlTransaction tx, ISigner signer, SoftwareApp app, SoftwareAsset asset, Site site, CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var titled = site with { Title = $"{app.Name} {asset.Version}" };
        var snapshot = await signer.SignAsync(Nip5AWords.SnapshotOf(titled, signer.Pubkey, now), ct);
        var signed = await signer.SignAsync(Nip82Words.AssetOf(app, asset, now), ct);
        var row = new { agent = signer.Pubkey, asset.Version, snapshotId = snapshot.Id, assetId = signed.Id };
        if (await tx.RunAsync(Insert, row, ct) == 0) return (await tx.OneAsync<string>(SelectAsset, row, ct))!;

        await outbox.AddAsync(tx, [new(snapshot, [], Announce)], ct);
        if (app.License is not null)
        {
            var legacy = await signer.SignAsync(Nip82Words.LegacyFileOf(app, asset, now), ct);
            await outbox.AddAsync(tx, [new(signed, [], Store), new(legacy, [], Store)], ct);
        }

        return signed.Id;
    }

    const string SelectAsset = """
        select asset_id from nsite.release where agent = @agent and version = @Version
        """;

    const string Insert = """
        insert into nsite.release (agent, version, snapshot_id, asset_id)
        values (@agent, @Version, @snapshotId, @assetId)
        on conflict (agent, version) do nothing
        """;
}
