using System.Net;
using System.Net.Sockets;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>
/// Between the driver and PostgreSQL's socket. Armed with a word, it stops the first request that has it: either it
/// does not pass it on, or it passes it on and swallows the answer. Then nobody on this side knows what was done.
/// </summary>
sealed class PostgresProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly string _socket;
    readonly Task _accepting;
    Trap? _trap;

    public PostgresProxy(string socketFolder)
    {
        _socket = Path.Combine(socketFolder, ".s.PGSQL.5432");
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Returns when somebody stands in the trap: nothing moves there until the connection is cut.</summary>
    public Task CatchAsync(string word, bool after)
    {
        var trap = new Trap(word, after);
        _trap = trap;
        return trap.Caught.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
    }

    async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            var swallows = new StrongBox();
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _stop.Token);
                await Task.WhenAny(RequestsAsync(client, server, swallows), AnswersAsync(server, client, swallows));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The database does not run just now, or the test is over: the driver sees a broken connection.
            }
        }
    }

    async Task RequestsAsync(Socket client, Socket server, StrongBox swallows)
    {
        var buffer = new byte[64 * 1024];
        for (int length; (length = await client.ReceiveAsync(buffer, _stop.Token)) > 0;)
        {
            if (_trap is { } trap && buffer.AsSpan(0, length).IndexOf(trap.Word) >= 0
                && Interlocked.CompareExchange(ref _trap, null, trap) == trap)
            {
                if (!trap.After)
                {
                    trap.Caught.SetResult();
                    return;
                }

                swallows.Trap = trap;
            }

            await server.SendAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }

    async Task AnswersAsync(Socket server, Socket client, StrongBox swallows)
    {
        var buffer = new byte[64 * 1024];
        for (int length; (length = await server.ReceiveAsync(buffer, _stop.Token)) > 0;)
        {
            if (swallows.Trap is { } trap)
            {
                trap.Caught.SetResult();
                return;
            }

            await client.SendAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }

    sealed class StrongBox
    {
        public Trap? Trap { get; set; }
    }

    sealed class Trap(string word, bool after)
    {
        public byte[] Word { get; } = System.Text.Encoding.ASCII.GetBytes(word);

        public bool After { get; } = after;

        public TaskCompletionSource Caught { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
