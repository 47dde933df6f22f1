using System.Numerics;

namespace PoA.Nostr.Zk.R1cs;

/// <summary>
/// A rank-1 constraint system: A·w ∘ B·w = C·w. Wire 0 is the constant 1, wires 1…PublicCount are the public signals in
/// their documented order, the rest is private.
/// </summary>
public sealed class ConstraintSystem
{
    public required SparseMatrix A { get; init; }

    public required SparseMatrix B { get; init; }

    public required SparseMatrix C { get; init; }

    /// <summary>Without the wire 0.</summary>
    public required int PublicCount { get; init; }

    public required int WireCount { get; init; }

    /// <summary>One path a wire; empty where the system came from a file.</summary>
    public IReadOnlyList<string> WireLabels { get; init; } = [];

    /// <summary>One path a row; empty where the system came from a file.</summary>
    public IReadOnlyList<string> RowLabels { get; init; } = [];

    /// <summary>
    /// Rows of the circuit; the PublicCount + 1 rows that keep public polynomials independent come on top.
    /// </summary>
    public int RowCount => A.RowCount;

    /// <summary>The size of the evaluation domain: the next power of two that holds all rows.</summary>
    public int DomainSize => (int)BitOperations.RoundUpToPowerOf2((uint)(RowCount + PublicCount + 1));

    /// <summary>The first row that this witness breaks, or null.</summary>
    public int? FirstBrokenRow(ReadOnlySpan<Fr> witness)
    {
        for (var row = 0; row < RowCount; row++)
        {
            if (!Holds(row, witness)) return row;
        }

        return null;
    }

    public bool Holds(int row, ReadOnlySpan<Fr> witness) =>
        A.Evaluate(row, witness) * B.Evaluate(row, witness) == C.Evaluate(row, witness);
}
