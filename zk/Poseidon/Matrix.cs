namespace PoA.Nostr.Zk.Poseidon;

/// <summary>The little linear algebra that the constants of Poseidon need; rows first.</summary>
static class Matrix
{
    public static Fr[][] Of(int size, Func<int, int, Fr> entry) =>
        [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j => entry(i, j)).ToArray())];

    public static Fr[] Apply(Fr[][] matrix, Fr[] vector) =>
        [.. matrix.Select(row => row.Zip(vector, (a, b) => a * b).Aggregate((a, b) => a + b))];

    public static Fr[][] Multiply(Fr[][] a, Fr[][] b) =>
        Of(a.Length, (i, j) => Enumerable.Range(0, a.Length).Aggregate(Fr.Zero, (sum, k) => sum + (a[i][k] * b[k][j])));

    /// <summary>
    /// Gauss–Jordan. Square blocks of a Cauchy matrix are invertible, and so are our products of them.
    /// </summary>
    public static Fr[][] Invert(Fr[][] matrix)
    {
        var size = matrix.Length;
        Fr[][] work = [.. matrix.Select((row, i) =>
            (Fr[])[.. row, .. Enumerable.Range(0, size).Select(j => i == j ? Fr.One : Fr.Zero)])];
        for (var column = 0; column < size; column++)
        {
            var pivot = Array.FindIndex(work, column, row => !row[column].IsZero);
            (work[column], work[pivot]) = (work[pivot], work[column]);
            var scale = work[column][column].Invert();
            work[column] = [.. work[column].Select(entry => entry * scale)];
            for (var row = 0; row < size; row++)
            {
                if (row == column || work[row][column].IsZero) continue;

                var factor = work[row][column];
                work[row] = [.. work[row].Zip(work[column], (a, b) => a - (factor * b))];
            }
        }

        return [.. work.Select(row => row[size..])];
    }
}
