namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// The constants of Poseidon over BN254 for one width t = 2…17, equal to circomlib's, derived when first asked for
/// (1 to 20 ms) and already in the form in which partial rounds cost 2t − 1 products instead of t².
/// </summary>
public sealed class PoseidonParameters
{
    /// <summary>Widths: one element of capacity and 1 to 16 inputs.</summary>
    public const int WidthMin = 2, WidthMax = 17;

    public const int FullRounds = 8;

    static readonly int[] PartialRoundsByWidth =
        [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

    static readonly Lazy<PoseidonParameters>[] ByWidth =
        [.. PartialRoundsByWidth.Select((_, i) => new Lazy<PoseidonParameters>(() => new(WidthMin + i)))];

    readonly Lazy<PoseidonInverse> _inverse;

    PoseidonParameters(int width)
    {
        Width = width;
        PartialRounds = PartialRoundsByWidth[width - WidthMin];
        var grain = new Grain(width, FullRounds, PartialRounds);
        var constants = new Fr[FullRounds + PartialRounds][];
        for (var round = 0; round < constants.Length; round++)
        {
            constants[round] = [.. Enumerable.Range(0, width).Select(_ => grain.NextBelowModulus())];
        }

        Mix = DrawMatrix(ref grain, width);
        Constants = PushForward(constants);
        SparseRows = new Fr[PartialRounds][];
        SparseColumns = new Fr[PartialRounds][];
        MixBeforePartial = Factor();
        _inverse = new(() => new(this));
    }

    public int Width { get; }

    public int PartialRounds { get; }

    /// <summary>M, row by row.</summary>
    public Fr[][] Mix { get; }

    /// <summary>The matrix after the last full round of the first half.</summary>
    public Fr[][] MixBeforePartial { get; }

    /// <summary>Added before each round: t in a full round, one (to element 0) in a partial round.</summary>
    public Fr[][] Constants { get; }

    /// <summary>First row of the sparse matrix of each partial round: t elements.</summary>
    public Fr[][] SparseRows { get; }

    /// <summary>First column below the diagonal of the sparse matrix of each partial round: t − 1 elements.</summary>
    public Fr[][] SparseColumns { get; }

    /// <summary>The linear layers turned round, as circuits have them; computed when first asked for.</summary>
    internal PoseidonInverse Inverse => _inverse.Value;

    /// <exception cref="ArgumentOutOfRangeException">No such width.</exception>
    public static PoseidonParameters OfWidth(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, WidthMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, WidthMax);
        return ByWidth[width - WidthMin].Value;
    }

    /// <summary>A Cauchy matrix 1/(x_i + y_j) of distinct x and y.</summary>
    static Fr[][] DrawMatrix(ref Grain grain, int width)
    {
        var drawn = new Fr[2 * width];
        do
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = grain.NextReduced();
            }
        }
        while (drawn.Distinct().Count() < drawn.Length);

        return Matrix.Of(width, (i, j) => (drawn[i] + drawn[width + j]).Invert());
    }

    /// <summary>
    /// The S-box of a partial round leaves elements 1…t−1 alone, so their constants can be added after it: they pass
    /// through M and join the constants of the next round.
    /// </summary>
    Fr[][] PushForward(Fr[][] constants)
    {
        var half = FullRounds / 2;
        for (var round = half; round < half + PartialRounds; round++)
        {
            var own = constants[round];
            var pushed = Matrix.Apply(Mix, [Fr.Zero, .. own[1..]]);
            constants[round] = [own[0]];
            constants[round + 1] = [.. constants[round + 1].Zip(pushed, (a, b) => a + b)];
        }

        return constants;
    }

    /// <summary>
    /// [[m, v], [w, N]] = [[m, v·N⁻¹], [w, 1]] · diag(1, N). The right factor commutes with a partial S-box, so from
    /// the last partial round to the first it is moved into the matrix before, and what stays is sparse.
    /// </summary>
    Fr[][] Factor()
    {
        var matrix = Mix;
        for (var round = PartialRounds - 1; round >= 0; round--)
        {
            var lower = Matrix.Of(Width - 1, (i, j) => matrix[i + 1][j + 1]);
            var inverse = Matrix.Invert(lower);
            var row = Enumerable.Range(0, Width - 1).Select(j => Enumerable.Range(0, Width - 1)
                .Aggregate(Fr.Zero, (sum, k) => sum + (matrix[0][k + 1] * inverse[k][j])));
            SparseRows[round] = [matrix[0][0], .. row];
            SparseColumns[round] = [.. matrix[1..].Select(line => line[0])];
            var wide = Matrix.Of(Width, (i, j) =>
                i == 0 || j == 0 ? (i == j ? Fr.One : Fr.Zero) : lower[i - 1][j - 1]);
            matrix = Matrix.Multiply(wide, Mix);
        }

        return matrix;
    }
}
