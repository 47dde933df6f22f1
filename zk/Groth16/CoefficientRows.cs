namespace PoA.Nostr.Zk.Groth16;

/// <summary>One matrix of a key by rows, to be multiplied by witnesses.</summary>
sealed class CoefficientRows
{
    readonly int[] _starts;
    readonly int[] _wires;
    readonly Fr[] _values;

    CoefficientRows(int rows, int count) =>
        (_starts, _wires, _values) = (new int[rows + 1], new int[count], new Fr[count]);

    /// <exception cref="ArgumentException">A row or a wire is outside the key.</exception>
    public static CoefficientRows Of(ProvingKeyPoints key, CoefficientMatrix matrix)
    {
        var own = key.Coefficients.Where(entry => entry.Matrix == matrix).OrderBy(entry => entry.Row).ToArray();
        var rows = new CoefficientRows(key.DomainSize, own.Length);
        for (var i = 0; i < own.Length; i++)
        {
            if ((uint)own[i].Row >= (uint)key.DomainSize || (uint)own[i].Wire >= (uint)key.WireCount)
            {
                throw new ArgumentException("A coefficient of the key lies outside it.", nameof(key));
            }

            rows._starts[own[i].Row + 1]++;
            (rows._wires[i], rows._values[i]) = (own[i].Wire, own[i].Value);
        }

        for (var row = 0; row < key.DomainSize; row++)
        {
            rows._starts[row + 1] += rows._starts[row];
        }

        return rows;
    }

    public void Multiply(Fr[] witness, Fr[] products)
    {
        for (var row = 0; row < products.Length; row++)
        {
            var sum = Fr.Zero;
            var i = _starts[row];
            for (; i + 1 < _starts[row + 1]; i += 2)
            {
                sum += Fr.MultiplyAdd(_values[i], witness[_wires[i]], _values[i + 1], witness[_wires[i + 1]]);
            }

            if (i < _starts[row + 1]) sum += _values[i] * witness[_wires[i]];

            products[row] = sum;
        }
    }
}
