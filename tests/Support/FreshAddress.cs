using System.Collections.Concurrent;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// Addresses for other people's servers, none twice in a run. The kernel hands a port out again soon, and what a
/// database remembers of a mint goes by its address: the new one would be taken for the old one, with the old one's
/// coins.
/// </summary>
static class FreshAddress
{
    static readonly ConcurrentDictionary<string, bool> Taken = new(StringComparer.Ordinal);

    /// <summary>Starts another server until its address is one that nobody had.</summary>
    public static async Task<T> StartAsync<T>(Func<Task<T>> start, Func<T, string> address)
        where T : IAsyncDisposable
    {
        while (true)
        {
            var server = await start();
            if (Taken.TryAdd(address(server), true)) return server;

            await server.DisposeAsync();
        }
    }
}
