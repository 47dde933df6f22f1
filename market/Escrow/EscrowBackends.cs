using Npgsql;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>The backends by name, and the moves of a batch of jobs sorted among them.</summary>
public sealed class EscrowBackends(IEnumerable<IEscrowBackend> backends)
{
    readonly Dictionary<string, IEscrowBackend> _backends = backends.ToDictionary(backend => backend.Name);

    /// <summary>Makes the moves of those changes that have one. A problem for each that was refused.</summary>
    internal async Task<Dictionary<JobChange, Problem>> MoveAsync(
        NpgsqlTransaction tx, IEnumerable<JobChange> changes, CancellationToken ct)
    {
        Dictionary<JobChange, Problem> refused = new(ReferenceEqualityComparer.Instance);
        var byBackend = changes.Where(change => change.Money is not null)
            .GroupBy(change => change.Before.Terms!.Escrow, StringComparer.Ordinal);
        foreach (var group in byBackend)
        {
            List<JobChange> same = [.. group];
            var problems = await _backends[group.Key].MoveAsync(tx, same.ConvertAll(change => change.Money!), ct);
            foreach (var (change, problem) in same.Zip(problems))
            {
                if (problem is not null) refused.Add(change, problem);
            }
        }

        return refused;
    }
}
