using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>PostgreSQL answers.</summary>
sealed class DatabaseHealth(NpgsqlDataSource db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await db.OneAsync<int>("select 1", null, cancellationToken);
            return HealthCheckResult.Healthy("answers");
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
