using System.Net;
using System.Net.Sockets;

namespace PoA.Nostr.Fetch;

/// <summary>
/// Which IP addresses are of the public internet: the registries of special addresses (RFC 6890) turned around. Of
/// IPv6 only 2000::/3 counts, without Teredo, 6to4 and documentation; a mapped IPv4 address counts as what it maps.
/// </summary>
public static class PublicAddress
{
    static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    static readonly IPNetwork[] Special =
    [
        // This network, private, shared, loopback, link-local with the metadata services, private again.
        .. Networks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        // Protocol assignments, documentation, 6to4 relays, private, benchmarks, documentation twice.
        .. Networks("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        .. Networks("198.51.100.0/24", "203.0.113.0/24"),
        // Multicast, reserved and broadcast.
        .. Networks("224.0.0.0/4", "240.0.0.0/4"),
        // Teredo and other protocol assignments, documentation, 6to4, documentation.
        .. Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    ];

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6
            && (address.ScopeId != 0 || !GlobalUnicast.Contains(address)))
        {
            return false;
        }

        foreach (var network in Special)
        {
            if (network.Contains(address)) return false;
        }

        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
    }

    static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(IPNetwork.Parse);
}
