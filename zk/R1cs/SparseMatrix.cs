namespace PoA.Nostr.Zk.R1cs;

/// <summary>One matrix of a constraint system. The terms of row i stand at Starts[i]…Starts[i + 1] − 1.</summary>
public sealed record SparseMatrix(int[] Starts, int[] Wires, Fr[] Values)
{
    public int RowCount => Starts.Length - 1;

    /// <summary>⟨row, w⟩.</summary>
    public Fr Evaluate(int row, ReadOnlySpan<Fr> witness)
    {
        var sum = Fr.Zero;
        for (var i = Starts[row]; i < Starts[row + 1]; i++)
        {
            sum += Values[i] * witness[Wires[i]];
        }

        return sum;
    }
}
