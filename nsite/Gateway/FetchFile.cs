using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// The bytes behind a hash, from the site's Blossom servers: fetched under limits, verified whole, then kept by hash.
/// What is on its way is kept apart by author, so that nobody's slow server is waited for by others.
/// </summary>
public sealed class FetchFile(SafeFetch fetch, IOptions<GatewayOptions> options, TimeProvider clock) : IDisposable
{
    readonly GatewayOptions _options = options.Value;
    readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = options.Value.CacheBytesMax });
    readonly MemoryCache _missing = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    readonly ConcurrentDictionary<(string Author, string Sha256), Lazy<Task<FetchedDocument?>>> _coming = new();
    readonly ConcurrentDictionary<string, int> _busy = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _atOnce = new(options.Value.FetchesAtOnceMax);

    /// <summary>Null when no server gives what has this hash.</summary>
    /// <exception cref="ProblemException">Too much of this author's is on its way.</exception>
    public async ValueTask<FetchedDocument?> GetAsync(FoundSite site, string sha256, CancellationToken ct)
    {
        if (_kept.TryGetValue<FetchedDocument>(sha256, out var kept)) return kept;

        var key = (site.Author, sha256);
        if (_missing.TryGetValue(key, out _)) return null;

        var coming = _coming.GetOrAdd(key, _ => new(() => ComeAsync(site, sha256)));
        return await coming.Value.WaitAsync(ct);
    }

    public void Dispose()
    {
        _kept.Dispose();
        _missing.Dispose();
        _atOnce.Dispose();
    }

    async Task<FetchedDocument?> ComeAsync(FoundSite site, string sha256)
    {
        var busy = _busy.AddOrUpdate(site.Author, 1, (_, count) => count + 1);
        try
        {
            if (busy > _options.FetchesOfOneMax || !await _atOnce.WaitAsync(_options.FetchMax))
            {
                throw new ProblemException(GatewayProblems.Busy);
            }

            try
            {
                return Keep(site, sha256, await RaceAsync(site.Servers, sha256));
            }
            finally
            {
                _atOnce.Release();
            }
        }
        finally
        {
            if (_busy.AddOrUpdate(site.Author, 0, (_, count) => count - 1) == 0) _busy.TryRemove(new(site.Author, 0));
            _coming.TryRemove((site.Author, sha256), out _);
        }
    }

    FetchedDocument? Keep(FoundSite site, string sha256, FetchedDocument? found)
    {
        if (found is not null)
        {
            return _kept.Set(sha256, found, new MemoryCacheEntryOptions { Size = found.Body.Length + 1 });
        }

        var life = new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = _options.MissingFor };
        _missing.Set((site.Author, sha256), true, life);
        return null;
    }

    /// <summary>Server after server; one that dawdles goes on while the next is asked.</summary>
    async Task<FetchedDocument?> RaceAsync(IReadOnlyList<Uri> servers, string sha256)
    {
        using var over = new CancellationTokenSource();
        List<Task> running = [];
        try
        {
            for (var next = 0; next < servers.Count || running.Count > 0;)
            {
                if (next < servers.Count) running.Add(TryAsync(servers[next++], sha256, over.Token));
                var wait = next < servers.Count ? _options.NextServerAfter : Timeout.InfiniteTimeSpan;
                var first = await Task.WhenAny([.. running, Task.Delay(wait, clock, over.Token)]);
                if (first is not Task<FetchedDocument?> done) continue;
                if (await done is { } found) return found;
                running.Remove(done);
            }

            return null;
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    async Task<FetchedDocument?> TryAsync(Uri server, string sha256, CancellationToken ct)
    {
        try
        {
            var limits = new FetchLimits(_options.FileBytesMax, _options.FetchMax);
            var found = await fetch.GetAsync(BlossomWords.Address(server, sha256), limits, ct);
            return found.Sha256 == sha256 ? found : null;
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            return null;
        }
    }
}
