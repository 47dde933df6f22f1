using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// The sites that were asked for, by address. A manifest is looked up once and replaced when a newer one is heard; a
/// site that does not exist is remembered for a short while, so that it does not cost a look-up per request.
/// </summary>
sealed class SiteManifests(IEventFinder finder, IOptions<GatewayOptions> options, TimeProvider clock)
    : IEventReceiver, IDisposable
{
    const int SitesMax = 10_000;
    const int FileEventsMax = 500;
    const string IndexRole = "index";
    const int BlossomServers = 10_063;
    readonly MemoryCache _sites = new(new MemoryCacheOptions { SizeLimit = SitesMax });

    public string Role => IndexRole;

    public IReadOnlyList<Filter> Filters { get; } =
        [new() { Kinds = [Nip5AWords.RootSite, Nip5AWords.NamedSite, Nip5AWords.LegacyFile, BlossomServers] }];

    public bool Wants(NostrEvent candidate) => true;

    /// <summary>What we hear of an author makes us look at its sites again when they are asked for.</summary>
    public Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var heard = received.Event;
        _sites.Remove(new SiteAddress(heard.Pubkey, null, null));
        if (heard.Kind == Nip5AWords.NamedSite && heard.Tag("d") is { } name)
        {
            _sites.Remove(new SiteAddress(heard.Pubkey, name, null));
        }

        return Task.CompletedTask;
    }

    public async ValueTask<FoundSite?> FindAsync(SiteAddress address, CancellationToken ct)
    {
        if (_sites.TryGetValue<FoundSite>(address, out var known)) return known;
        var site = await LookUpAsync(address, ct);
        _sites.Set(address, site, new MemoryCacheEntryOptions
        {
            Size = 1,
            AbsoluteExpiration = clock.GetUtcNow() + (site is null ? options.Value.MissingLife : options.Value.ManifestLife),
        });
        return site;
    }

    async Task<FoundSite?> LookUpAsync(SiteAddress address, CancellationToken ct)
    {
        var manifest = (await AskAsync(Wanted(address), ct)).FirstOrDefault();
        var author = manifest?.Pubkey ?? address.Pubkey;
        if (author is null) return null;

        var files = manifest is not null ? Nip5AWords.Files(manifest)
            : address.Name is null ? await LegacyFilesAsync(author, ct) : [];
        if (files.Count == 0) return null;

        var announced = (await AskAsync(new() { Kinds = [BlossomServers], Authors = [author], Limit = 1 }, ct)).FirstOrDefault();
        var servers = (manifest?.TagsNamed("server") ?? []).Concat(announced?.TagsNamed("server") ?? [])
            .Select(tag => tag[1].TrimEnd('/')).Distinct().Take(Limits.AnswerRelaysMax);
        return new(author, files.ToDictionary(file => file.Path, file => file.Sha256), [.. servers]);
    }

    static Filter Wanted(SiteAddress address) => address switch
    {
        { SnapshotId: { } id } => new() { Ids = [id], Kinds = [Nip5AWords.Snapshot], Limit = 1 },
        { Name: { } name } => new()
        {
            Kinds = [Nip5AWords.NamedSite], Authors = [address.Pubkey!], Limit = 1,
            Tags = new Dictionary<char, IReadOnlyList<string>> { ['d'] = [name] },
        },
        _ => new() { Kinds = [Nip5AWords.RootSite], Authors = [address.Pubkey!], Limit = 1 },
    };

    async Task<IReadOnlyList<SiteFile>> LegacyFilesAsync(string author, CancellationToken ct) =>
    [
        .. (await AskAsync(new() { Kinds = [Nip5AWords.LegacyFile], Authors = [author], Limit = FileEventsMax }, ct))
            .Where(file => file.Tag("d") is ['/', ..] && Hex.Is32(file.Tag("x")))
            .Select(file => new SiteFile(file.Tag("d")!, file.Tag("x")!))
            .DistinctBy(file => file.Path),
    ];

    Task<IReadOnlyList<NostrEvent>> AskAsync(Filter filter, CancellationToken ct) =>
        finder.FindAsync(filter, IndexRole, [], options.Value.LookUpTimeout, ct);

    public void Dispose() => _sites.Dispose();
}

/// <param name="Author">Whose site it is.</param>
/// <param name="Files">Hash by path.</param>
/// <param name="Servers">Blossom servers, the site's own first.</param>
sealed record FoundSite(string Author, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Servers);
