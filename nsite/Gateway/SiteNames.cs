using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>Which site a host names: by its label under our domain, or by a CNAME that leads to such a name.</summary>
public sealed class SiteNames : IDisposable
{
    const int HostCharsMax = 253;
    const int NamesMax = 10_000;
    static readonly TimeSpan CanonicalLife = TimeSpan.FromMinutes(5);

    readonly MemoryCache _read = new(new MemoryCacheOptions { SizeLimit = NamesMax });
    readonly GatewayOptions _options;
    readonly CanonicalName _canonical;

    public SiteNames(IOptions<GatewayOptions> options)
        : this(options, LookUpAsync)
    {
    }

    internal SiteNames(IOptions<GatewayOptions> options, CanonicalName canonical) =>
        (_options, _canonical) = (options.Value, canonical);

    /// <summary>Null when the host names no site.</summary>
    public async ValueTask<SiteAddress?> ReadAsync(string host, CancellationToken ct)
    {
        if (host.Length > HostCharsMax) return null;
        if (_read.TryGetValue<SiteAddress>(host, out var known)) return known;

        var plain = host.TrimEnd('.').ToLowerInvariant();
        var address = ByLabel(plain);
        if (address is null && _options.CustomDomains && !IsOurs(plain) && await _canonical(plain, ct) is { } canonical)
        {
            address = ByLabel(canonical.TrimEnd('.').ToLowerInvariant());
        }

        var life = new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = CanonicalLife };
        return _read.Set(host, address, life);
    }

    public void Dispose() => _read.Dispose();

    /// <summary>Null unless the host is exactly one label under our domain, and that label names a site.</summary>
    internal SiteAddress? ByLabel(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && host[(dot + 1)..] == _options.Domain ? Nip5AWords.ReadLabel(host[..dot]) : null;
    }

    bool IsOurs(string host) => host.EndsWith($".{_options.Domain}", StringComparison.Ordinal);

    static async Task<string?> LookUpAsync(string host, CancellationToken ct)
    {
        try
        {
            return (await Dns.GetHostEntryAsync(host, ct)).HostName;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

/// <summary>The name that a host's CNAMEs lead to, or null.</summary>
delegate Task<string?> CanonicalName(string host, CancellationToken ct);
