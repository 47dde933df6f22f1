using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>The one address of the relay: a WebSocket, its information (NIP-11), or a line for people.</summary>
sealed class RelayEndpoint : IDisposable
{
    readonly RelayOptions _options;
    readonly EventStore _store;
    readonly TimeProvider _clock;
    readonly PartitionedRateLimiter<IPAddress> _rates;
    readonly byte[] _information;
    int _connections;

    public RelayEndpoint(IOptions<RelayOptions> options, EventStore store, TimeProvider clock)
    {
        (_options, _store, _clock) = (options.Value, store, clock);
        _information = Nip11Words.Write(OwnInformation.Of(_options));
        _rates = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetTokenBucketLimiter(address, Bucket));
    }

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.AccessControlAllowHeaders = "*";
        context.Response.Headers.AccessControlAllowMethods = "GET, OPTIONS";
        if (context.WebSockets.IsWebSocketRequest)
        {
            await ServeAsync(context);
        }
        else if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (context.Request.Headers.Accept.Any(accept => accept?.Contains(Nip11Words.MediaType) == true))
        {
            context.Response.ContentType = Nip11Words.MediaType;
            await context.Response.Body.WriteAsync(_information, context.RequestAborted);
        }
        else
        {
            await context.Response.WriteAsync("A Nostr relay. Connect with a Nostr client.\n", context.RequestAborted);
        }
    }

    public void Dispose() => _rates.Dispose();

    async Task ServeAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _connections) > _options.ConnectionsMax)
        {
            Interlocked.Decrement(ref _connections);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = _options.PingInterval,
                KeepAliveTimeout = _options.PingInterval,
            });
            var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
            var host = context.Request.Host.Value ?? "";
            using var session = new RelaySession(socket, _options, _store, _clock, host, context.RequestAborted);
            await session.RunAsync(_rates, address);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    TokenBucketRateLimiterOptions Bucket(IPAddress address)
    {
        var second = IPAddress.IsLoopback(address) ? _options.LoopbackMessagesPerSecond : _options.MessagesPerSecond;
        return new()
        {
            TokenLimit = second * 10,
            TokensPerPeriod = Math.Max(1, second / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
        };
    }
}
