using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// The sites that were asked for. One look-up serves everybody who waits for it; afterwards a site is served at once
/// and looked for again in the background. A site that does not exist is remembered too, or each request would ask.
/// </summary>
public sealed class FindSite(IEventFinder finder, IOptions<GatewayOptions> options, TimeProvider clock) : IDisposable
{
    const int SitesMax = 10_000;
    const int ServersMax = 8;
    const string Index = "index";
    const string Announce = "announce";

    readonly MemoryCache _sites = new(new MemoryCacheOptions { SizeLimit = SitesMax });
    readonly Lock _lock = new();
    readonly GatewayOptions _options = options.Value;
    readonly SemaphoreSlim _atOnce = new(options.Value.LookUpsAtOnceMax);

    /// <summary>Null when no relay knows the site.</summary>
    /// <exception cref="ProblemException">Too many are looked for now.</exception>
    public async ValueTask<FoundSite?> FindAsync(SiteAddress address, CancellationToken ct)
    {
        var held = Held(address) ?? LookInsteadOf(null, address);
        var site = await held.Site.WaitAsync(ct);
        var age = clock.GetElapsedTime(held.Since);
        if (age > (site is null ? _options.MissingFor : _options.StaleMax))
        {
            return await LookInsteadOf(held, address).Site.WaitAsync(ct);
        }

        if (site is not null && held.IsDue(clock, _options.FreshFor)) _ = RefreshAsync(address, held);
        return site;
    }

    /// <summary>An author said something new: what is held of its sites is looked for at the next request.</summary>
    public void Heard(NostrEvent said)
    {
        SiteAddress changed = said.Kind == Nip5AWords.NamedSite && said.Tag("d") is { } name
            ? new SiteAddress.Named(said.Pubkey, name)
            : new SiteAddress.Root(said.Pubkey);
        if (Held(changed) is { } held) _ = RefreshAsync(changed, held);
    }

    public void Dispose()
    {
        _sites.Dispose();
        _atOnce.Dispose();
    }

    HeldSite? Held(SiteAddress address) => _sites.TryGetValue<HeldSite>(address, out var held) ? held : null;

    HeldSite LookInsteadOf(HeldSite? before, SiteAddress address)
    {
        lock (_lock)
        {
            if (Held(address) is { } other && other != before) return other;
            return Hold(address, new(FirstAsync(address), clock.GetTimestamp()));
        }
    }

    async Task<FoundSite?> FirstAsync(SiteAddress address)
    {
        var begins = await _atOnce.WaitAsync(_options.LookUpMax);
        try
        {
            return begins ? await LookUpAsync(address, known: null) : throw new ProblemException(GatewayProblems.Busy);
        }
        catch
        {
            _sites.Remove(address);
            throw;
        }
        finally
        {
            if (begins) _atOnce.Release();
        }
    }

    /// <summary>What is found replaces what is held; when nothing is, that stays until it is over.</summary>
    async Task RefreshAsync(SiteAddress address, HeldSite held)
    {
        if (!held.TryBegin()) return;
        try
        {
            var known = await held.Site;
            if (await LookUpAsync(address, known) is { } found)
            {
                Hold(address, new(Task.FromResult<FoundSite?>(found), clock.GetTimestamp()));
            }
        }
        finally
        {
            held.End(clock);
        }
    }

    HeldSite Hold(SiteAddress address, HeldSite held) => _sites.Set(
        address, held, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) });

    async Task<FoundSite?> LookUpAsync(SiteAddress address, FoundSite? known)
    {
        var manifest = await ManifestAsync(address, known?.Outbox ?? []);
        var author = manifest?.Pubkey ?? AuthorOf(address);
        if (author is null) return null;

        int[] kinds = [BlossomWords.ServerListKind, Nip65Words.Kind];
        var lists = await AskAsync(new() { Authors = [author], Kinds = kinds }, []);
        var outbox = lists.FirstOrDefault(list => list.Kind == Nip65Words.Kind) is { } relays
            ? Nip65Words.Write(relays)
            : [];
        manifest ??= await ManifestAsync(address, outbox);
        if (manifest is null && address is not SiteAddress.Root) return null;

        var files = manifest is not null ? Nip5AWords.Files(manifest) : await LegacyFilesAsync(author, outbox);
        if (files.Count == 0) return null;

        var servers = (manifest?.TagsNamed("server") ?? []).Select(tag => BlossomWords.Server(tag[1])).OfType<Uri>()
            .Concat(lists.SelectMany(BlossomWords.Servers)).Distinct().Take(ServersMax);
        var found = new FoundSite(
            author, manifest?.CreatedAt ?? 0, files.ToDictionary(file => file.Path, file => file.Sha256), [.. servers],
            outbox);
        return known is null || found.CreatedAt >= known.CreatedAt ? found : known;
    }

    /// <summary>Of several the newest, of two at once the lowest id (NIP-01): the order in which they come.</summary>
    async Task<NostrEvent?> ManifestAsync(SiteAddress address, IReadOnlyList<string> outbox)
    {
        var found = await AskAsync(Wanted(address), outbox);
        return found.FirstOrDefault(one => address is not SiteAddress.Root || one.Tag("d") is null or "");
    }

    static Filter Wanted(SiteAddress address) => address switch
    {
        SiteAddress.AsItStood snapshot => new() { Ids = [snapshot.EventId], Kinds = [Nip5AWords.Snapshot] },
        SiteAddress.Named named => new()
        {
            Kinds = [Nip5AWords.NamedSite],
            Authors = [named.Pubkey],
            Tags = new Dictionary<char, IReadOnlyList<string>> { ['d'] = [named.Name] },
        },
        _ => new() { Kinds = [Nip5AWords.RootSite], Authors = [AuthorOf(address)!] },
    };

    static string? AuthorOf(SiteAddress address) => address switch
    {
        SiteAddress.Root root => root.Pubkey,
        SiteAddress.Named named => named.Pubkey,
        _ => null,
    };

    async Task<IReadOnlyList<SiteFile>> LegacyFilesAsync(string author, IReadOnlyList<string> outbox)
    {
        var events = await AskAsync(new() { Kinds = [Nip5AWords.LegacyFile], Authors = [author] }, outbox);
        return [.. events.Select(Nip5AWords.FileOf).OfType<SiteFile>().DistinctBy(file => file.Path)];
    }

    /// <summary>First the relays that strangers are read from, then those that our agents are announced at.</summary>
    async Task<IReadOnlyList<NostrEvent>> AskAsync(Filter filter, IReadOnlyList<string> outbox)
    {
        var found = await finder.FindAsync(filter, Index, outbox, _options.LookUpMax, default);
        return found.Count > 0 ? found : await finder.FindAsync(filter, Announce, [], _options.LookUpMax, default);
    }

    /// <summary>A look-up, on its way or done.</summary>
    sealed class HeldSite(Task<FoundSite?> site, long at)
    {
        long _looked = at;
        int _looking;

        public Task<FoundSite?> Site => site;

        /// <summary>When what it holds was last found, or not found.</summary>
        public long Since { get; } = at;

        /// <summary>It is time to look whether the site changed.</summary>
        public bool IsDue(TimeProvider clock, TimeSpan after) =>
            clock.GetElapsedTime(Volatile.Read(ref _looked)) > after;

        public bool TryBegin() => Interlocked.CompareExchange(ref _looking, 1, 0) == 0;

        public void End(TimeProvider clock)
        {
            Volatile.Write(ref _looked, clock.GetTimestamp());
            Volatile.Write(ref _looking, 0);
        }
    }
}

/// <param name="Author">Whose site it is.</param>
/// <param name="CreatedAt">Of its manifest; 0 where it has none.</param>
/// <param name="Files">Hash by path.</param>
/// <param name="Servers">Blossom servers, the site's own first.</param>
/// <param name="Outbox">Where its author writes: strangers' relays.</param>
public sealed record FoundSite(
    string Author, long CreatedAt, IReadOnlyDictionary<string, string> Files, IReadOnlyList<Uri> Servers,
    IReadOnlyList<string> Outbox);
