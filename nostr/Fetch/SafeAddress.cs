using System.Net;
using System.Net.Sockets;

namespace PoA.Nostr.Fetch;

/// <summary>
/// Opens connections to hosts that strangers name, over HTTP and WebSocket. It resolves the name itself, vets every
/// address and connects to the one it vetted, so that a name cannot change its mind in between.
/// </summary>
/// <param name="allowedEndpoints">
/// Exact <c>host:port</c> pairs that may be anywhere: the devnet. Empty on mainnet. The next port is not allowed.
/// </param>
/// <param name="resolve">Looks a name up; the system's resolver unless given.</param>
public sealed class SafeAddress(IEnumerable<string> allowedEndpoints, HostResolver? resolve = null)
{
    const int PortMin = 1_024;
    static readonly TimeSpan ConnectTimeMax = TimeSpan.FromSeconds(10);
    static readonly string[] Schemes = ["http", "https", "ws", "wss"];

    readonly HashSet<string> _allowed = new(allowedEndpoints, StringComparer.OrdinalIgnoreCase);
    readonly HostResolver _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// What can be told from the text alone: an absolute http, https, ws or wss address without a user name, on port
    /// 80, 443 or from 1024. Null means that it is worth resolving.
    /// </summary>
    public Problem? Refuse(Uri uri)
    {
        if (!uri.IsAbsoluteUri || !Schemes.Contains(uri.Scheme)
            || uri.UserInfo.Length > 0 || uri.IdnHost.Length == 0)
        {
            return FetchProblems.WrongUrl;
        }

        if (IsAllowed(uri.IdnHost, uri.Port)) return null;
        if (!IsUsual(uri.Port)) return FetchProblems.WrongUrl;

        return IPAddress.TryParse(uri.IdnHost, out var literal) && !PublicAddress.Is(literal)
            ? FetchProblems.NotPublic
            : null;
    }

    /// <summary>A handler that connects through this, follows no redirect, keeps no cookie, knows no proxy.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectTimeMax,
        ConnectCallback = ConnectAsync,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    };

    /// <exception cref="ProblemException">The host leads nowhere public, or nowhere.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await VetAsync(host, port, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host: all of them public, or the host one that is allowed by name.</summary>
    /// <exception cref="ProblemException">One of them is not public, or there is none.</exception>
    internal async Task<IPAddress[]> VetAsync(string host, int port, CancellationToken ct)
    {
        var isAllowed = IsAllowed(host, port);
        if (!isAllowed && !IsUsual(port)) throw new ProblemException(FetchProblems.WrongUrl);
        var addresses = await ResolveAsync(host.Trim('[', ']'), ct);
        return addresses.Length == 0 ? throw new ProblemException(FetchProblems.Unreachable) :
            isAllowed || addresses.All(PublicAddress.Is) ? addresses :
            throw new ProblemException(FetchProblems.NotPublic);
    }

    async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];

        try
        {
            return await _resolve(host, ct);
        }
        catch (SocketException)
        {
            throw new ProblemException(FetchProblems.Unreachable);
        }
    }

    /// <summary>80, 443, or one that needs no privilege: nobody keeps a mail server there.</summary>
    static bool IsUsual(int port) => port is 80 or 443 or >= PortMin;

    bool IsAllowed(string host, int port) => _allowed.Contains($"{host}:{port}");
}

/// <summary>Looks up the addresses of a host name.</summary>
public delegate Task<IPAddress[]> HostResolver(string host, CancellationToken ct);
