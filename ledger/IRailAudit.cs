using Npgsql;

namespace PoA.Nostr.Ledger;

/// <summary>The seam to a rail that can say what it holds for us, to be compared with the books.</summary>
public interface IRailAudit
{
    /// <summary>What each account of this rail stands for, as of the transaction, which only reads.</summary>
    Task<IReadOnlyList<RailStanding>> StandAsync(NpgsqlTransaction tx, CancellationToken ct);
}

/// <param name="Account">Code of the rail's account, whose balance is minus the sum of the other two.</param>
/// <param name="Live">What we could spend there: the proofs we hold.</param>
/// <param name="InFlight">
/// What the books count and we could not spend now; below zero where the books have let go of what is still ours.
/// </param>
public sealed record RailStanding(string Account, Msat Live, Msat InFlight);
