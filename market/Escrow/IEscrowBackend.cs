using Npgsql;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// The seam to where the money of a job waits between its payment and its end. A move joins the transaction of the
/// job's arrow: either both stand or neither. The same move twice is one move, and what was locked leaves once, to
/// the payee or to the payer.
/// </summary>
public interface IEscrowBackend
{
    /// <summary>As the offers say it, and as the terms of a job keep it.</summary>
    string Name { get; }

    /// <summary>
    /// One answer per move, in their order: null when it is done or was done before, else why not, and then nothing
    /// of that move is written. Moves of different jobs do not touch each other.
    /// </summary>
    Task<IReadOnlyList<Problem?>> MoveAsync(
        NpgsqlTransaction tx, IReadOnlyList<EscrowMove> moves, CancellationToken ct);
}

/// <summary>What happens to the money of one job.</summary>
public abstract record EscrowMove(string Job)
{
    /// <param name="Job">Whose escrow opens.</param>
    /// <param name="Source">Code of the account that the money comes from: a balance, a rail.</param>
    /// <param name="Amount">The price.</param>
    public sealed record Lock(string Job, string Source, Msat Amount) : EscrowMove(Job)
    {
        /// <summary>What of it the platform adds, since the rail kept it.</summary>
        public Msat Cover { get; init; }
    }

    /// <param name="Job">Whose escrow closes.</param>
    /// <param name="Payee">Key that gets the amount less the fee.</param>
    /// <param name="Amount">All that was locked.</param>
    /// <param name="Fee">The platform's part of it.</param>
    public sealed record Release(string Job, string Payee, Msat Amount, Msat Fee) : EscrowMove(Job);

    /// <param name="Job">Whose escrow closes.</param>
    /// <param name="Refund">Id of the refund that the amount goes to.</param>
    /// <param name="Amount">All that was locked: nobody keeps a fee.</param>
    /// <param name="Cost">What the rail took besides, when it was paid: the payer gets that back too.</param>
    public sealed record Return(string Job, Guid Refund, Msat Amount, Msat Cost) : EscrowMove(Job);

    /// <summary>Part is released and the rest returned.</summary>
    public sealed record Split(Release Released, Return Returned) : EscrowMove(Released.Job);
}
