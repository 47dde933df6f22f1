using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>h = (a·b − c)/Z of a key: a, b and c agree with the rows at a witness on the domain.</summary>
sealed class Quotient(ProvingKeyPoints key, Arithmetic arithmetic)
{
    readonly Domain _domain = Domain.OfSize(key.DomainSize);
    readonly CoefficientRows _rowsA = CoefficientRows.Of(key, CoefficientMatrix.A);
    readonly CoefficientRows _rowsB = CoefficientRows.Of(key, CoefficientMatrix.B);

    /// <summary>Cores beside the one that sums up A and B meanwhile.</summary>
    public static int Others { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    static ParallelOptions OnOthers { get; } = new() { MaxDegreeOfParallelism = Others };

    /// <summary>
    /// a·b − c on the odd coset, where Z is constant and part of the key; the polynomials are memory to work in.
    /// </summary>
    public void Write(Fr[] witness, Fr[][] polynomials, Span<Limbs> quotient)
    {
        var (a, b, c) = (polynomials[0], polynomials[1], polynomials[2]);
        _rowsA.Multiply(witness, a);
        _rowsB.Multiply(witness, b);
        for (var i = 0; i < c.Length; i++)
        {
            c[i] = a[i] * b[i];
        }

        Parallel.ForEach(polynomials, OnOthers, polynomial => _domain.ToOddCoset(polynomial, arithmetic));
        for (var i = 0; i < c.Length; i++)
        {
            quotient[i] = ((a[i] * b[i]) - c[i]).ToLimbs();
        }
    }
}
