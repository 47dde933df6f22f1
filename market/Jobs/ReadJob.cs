using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Jobs;

/// <summary>Where a job stands, by its id.</summary>
public sealed class ReadJob(NpgsqlDataSource db)
{
    public async Task<Job?> FindAsync(string id, CancellationToken ct) =>
        (await db.OneAsync<JobRow>(SelectJob, new { id }, ct))?.ToJob();

    const string SelectJob = $"select {JobRows.Columns} from market.job j where j.id = @id";
}
