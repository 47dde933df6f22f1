using System.Data;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// Work that exactly one process of all does at a time: it holds an advisory lock of that name on a connection of its
/// own. When that connection is lost the work is cancelled, since another process may hold the lock by then.
/// </summary>
public static class Singleton
{
    /// <summary>
    /// Waits for its turn, runs the work, and waits again whenever the turn was lost, until cancelled.
    /// </summary>
    public static async Task RunAsync(
        DirectDatabase db, string name, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var connection = await db.Source.OpenConnectionAsync(ct);
                await LockAsync(connection, name, ct);
                try
                {
                    await HoldAsync(connection, work, ct);
                }
                finally
                {
                    await UnlockAsync(connection, name);
                }

                return;
            }
            catch (NpgsqlException) when (!ct.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    static async Task LockAsync(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("name", name);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// A connection goes back to the pool with its locks: the pool clears it only when it is used again, and until
    /// then nobody has the turn. A broken one has lost it already.
    /// </summary>
    static async Task UnlockAsync(NpgsqlConnection connection, string name)
    {
        if (connection.State != ConnectionState.Open) return;
        try
        {
            await using var command = new NpgsqlCommand(Unlock, connection) { CommandTimeout = UnlockSecondsMax };
            command.Parameters.AddWithValue("name", name);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // It is broken now, and its lock gone with it.
        }
    }

    static async Task HoldAsync(NpgsqlConnection connection, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(turn.Token);
        var watching = WatchAsync(connection, watch.Token);
        if (await Task.WhenAny(working, watching) == watching) await turn.CancelAsync();
        try
        {
            await working;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && watching.IsFaulted)
        {
            // The turn was lost; the connection's own error says why.
        }
        finally
        {
            // The connection goes back only when nobody reads it any more.
            await watch.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await watching;
    }

    /// <summary>Reads the connection until told to stop; a broken one throws.</summary>
    static async Task WatchAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            while (true) await connection.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // The work is done, or the process stops.
        }
    }

    const int UnlockSecondsMax = 5;

    const string Unlock = "select pg_advisory_unlock(hashtextextended(@name, 4848))";

    const string Lock = "select pg_advisory_lock(hashtextextended(@name, 4848))";
}
