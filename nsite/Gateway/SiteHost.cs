using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>Which site a host names: by its left-most label under a domain of ours, or by a CNAME that points to such.</summary>
sealed class SiteHost(IOptions<GatewayOptions> options, TimeProvider clock) : IDisposable
{
    const int NamesMax = 10_000;
    readonly MemoryCache _canonical = new(new MemoryCacheOptions { SizeLimit = NamesMax });

    public async ValueTask<SiteAddress?> FindAsync(string host, CancellationToken ct)
    {
        host = host.TrimEnd('.').ToLowerInvariant();
        if (ByLabel(host) is { } address) return address;
        if (IsOurs(host) || IPAddress.TryParse(host, out _)) return null;
        return await CanonicalAsync(host, ct) is { } canonical && canonical != host ? ByLabel(canonical) : null;
    }

    /// <summary>Null unless the host is exactly one label under a domain of ours, and that label names a site.</summary>
    internal SiteAddress? ByLabel(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && IsOurs(host[(dot + 1)..]) ? Nip5AWords.ParseLabel(host[..dot]) : null;
    }

    bool IsOurs(string host) => options.Value.Domains.Contains(host, StringComparer.OrdinalIgnoreCase);

    async Task<string?> CanonicalAsync(string host, CancellationToken ct)
    {
        if (_canonical.TryGetValue<string>(host, out var known)) return known;
        var name = host;
        try
        {
            name = (await Dns.GetHostEntryAsync(host, ct)).HostName.TrimEnd('.').ToLowerInvariant();
        }
        catch (SocketException)
        {
        }

        _canonical.Set(host, name, new MemoryCacheEntryOptions
        {
            Size = 1, AbsoluteExpiration = clock.GetUtcNow() + options.Value.ManifestLife,
        });
        return name;
    }

    public void Dispose() => _canonical.Dispose();
}
