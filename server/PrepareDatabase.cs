using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>
/// Before anything else starts: the database is of this network, its schema is this build's, and the service works in
/// it as a role that cannot write the books. The owner's connection is used here and nowhere else.
/// </summary>
sealed partial class PrepareDatabase(
    DirectDatabase db, IConfiguration settings, IOptions<ServerOptions> options, ILogger<PrepareDatabase> log)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken);
            if (!await ServiceRole.MayWriteAsync(db.Source, "ledger.transfer", cancellationToken)) return;
        }
        catch (Exception e) when (e is WrongNetworkException or MigrationException or NpgsqlException)
        {
            throw new ProblemException(ServerProblems.DatabaseRefused with { Detail = e.Message });
        }

        if (options.Value.Network == Networks.Mainnet) throw new ProblemException(ServerProblems.RoleTooStrong);
        LogTooStrong();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task PrepareAsync(CancellationToken ct)
    {
        await using var own = settings.GetConnectionString("PostgresOwner") is { Length: > 0 } connection
            ? NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false })
            : null;
        var owner = own ?? db.Source;
        await NetworkStamp.CheckAsync(owner, options.Value.Network, ct);
        await Migrator.RunAsync(owner, Floors.WithSchema, ct);
        var service = new NpgsqlConnectionStringBuilder(settings.GetConnectionString("Postgres")).Username;
        if (own is not null && service is not null)
        {
            await ServiceRole.AllowAsync(owner, service, Floors.Guarded, ct);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The service could write the books: give it a role of its own (docs/database.md)")]
    partial void LogTooStrong();
}
