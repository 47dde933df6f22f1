namespace PoA.Nostr.Zk.Poseidon;

/// <summary>The linear layers of one width from their results back to their arguments.</summary>
sealed class PoseidonInverse(PoseidonParameters parameters)
{
    /// <summary>1/M₀₀.</summary>
    public Fr OfFirst { get; } = parameters.Mix[0][0].Invert();

    public Fr[][] OfMix { get; } = Matrix.Invert(parameters.Mix);

    public Fr[][] OfMixBeforePartial { get; } = Matrix.Invert(parameters.MixBeforePartial);

    /// <summary>
    /// For each partial round one over the determinant of its sparse matrix, r₀ − Σ rᵢ·cᵢ; all else on its diagonal
    /// is 1.
    /// </summary>
    public Fr[] OfSparse { get; } =
    [
        .. parameters.SparseRows.Zip(parameters.SparseColumns, (row, column) =>
            column.Select((entry, i) => row[i + 1] * entry).Aggregate(row[0], (rest, product) => rest - product)
                .Invert()),
    ];
}
