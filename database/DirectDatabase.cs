using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// Connections that reach PostgreSQL itself: for LISTEN, advisory locks and migrations, which a transaction-mode
/// pooler cannot carry. Everything else takes the plain <see cref="NpgsqlDataSource"/>, which may go through one.
/// </summary>
public sealed class DirectDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    public NpgsqlDataSource Source { get; } = source;

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
