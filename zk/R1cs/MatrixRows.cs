namespace PoA.Nostr.Zk.R1cs;

/// <summary>A sparse matrix while its rows arrive.</summary>
sealed class MatrixRows
{
    readonly List<int> _starts = [0];
    readonly List<int> _wires = [];
    readonly List<Fr> _values = [];

    public void Add(in Combination row)
    {
        foreach (var term in row.Terms)
        {
            AddTerm(term.Wire, term.Value);
        }

        EndRow();
    }

    public void AddTerm(int wire, in Fr value)
    {
        _wires.Add(wire);
        _values.Add(value);
    }

    public void EndRow() => _starts.Add(_wires.Count);

    public SparseMatrix ToMatrix() => new([.. _starts], [.. _wires], [.. _values]);
}
