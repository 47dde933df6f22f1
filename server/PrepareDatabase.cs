using Microsoft.Extensions.Options;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>Before anything else starts: the database is of this network, and its schema is this build's.</summary>
sealed class PrepareDatabase(DirectDatabase db, IOptions<ServerOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await NetworkStamp.CheckAsync(db.Source, options.Value.Network, cancellationToken);
            await Migrator.RunAsync(db.Source, Floors.WithSchema, cancellationToken);
        }
        catch (Exception e) when (e is WrongNetworkException or MigrationException or Npgsql.NpgsqlException)
        {
            throw new ProblemException(ServerProblems.DatabaseRefused with { Detail = e.Message });
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
