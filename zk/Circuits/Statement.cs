using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// What the platform states about a subject's record, committed as H[statement](subject, reputation, settled, disputed,
/// salt). The circuits reputation-range and tier open the same commitment. The platform publishes it in an event
/// that it signs, and a verifier takes it from there.
/// </summary>
/// <param name="Subject">See <see cref="Circuits.Subject.Of(in Fr)"/>.</param>
/// <param name="Reputation">0 to 10,000.</param>
/// <param name="Settled">Settled jobs.</param>
/// <param name="Disputed">Settled jobs that were disputed; at most <paramref name="Settled"/>.</param>
/// <param name="Salt">Random: the commitment hides the record only as well as the salt does.</param>
public sealed record Statement(Fr Subject, Fr Reputation, Fr Settled, Fr Disputed, Fr Salt)
{
    public const int ReputationMax = 10_000;

    public Fr Commit() =>
        PoseidonHash.Hash([Subject, Reputation, Settled, Disputed, Salt], DomainTag.Statement);

    internal static void Require<T>(IInterpreter<T> circuit, ReadOnlySpan<T> opening, in T commitment)
        where T : struct, IExpression<T> =>
        PoseidonGadget.Require(circuit, "commitment", opening, DomainTag.Statement, commitment);
}
