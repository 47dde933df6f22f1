using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// A key made by one party, for tests and development: whoever saw the five random numbers of this process could prove
/// anything under it. Production keys come out of a ceremony.
/// </summary>
public static class Setup
{
    /// <summary>
    /// Each polynomial is evaluated at tau in the Lagrange basis, so that no group transform is needed; all points are
    /// multiples of the two generators.
    /// </summary>
    public static ProvingKeyPoints MakeInsecure(ConstraintSystem system)
    {
        var (tau, alpha, beta) = (Fr.Random(), Fr.Random(), Fr.Random());
        var (gamma, delta) = (Fr.Random(), Fr.Random());
        var domain = Domain.OfSize(Math.Max(2, system.DomainSize));
        var lagrange = Lagrange(domain, tau);
        var (a, b, c) = (new Fr[system.WireCount], new Fr[system.WireCount], new Fr[system.WireCount]);
        var coefficients = new List<Coefficient>();
        Accumulate(system.A, lagrange, a, CoefficientMatrix.A, coefficients);
        Accumulate(system.B, lagrange, b, CoefficientMatrix.B, coefficients);
        Accumulate(system.C, lagrange, c, null, coefficients);
        for (var i = 0; i <= system.PublicCount; i++)
        {
            a[i] += lagrange[system.RowCount + i];
            coefficients.Add(new(CoefficientMatrix.A, system.RowCount + i, i, Fr.One));
        }

        var joined = new Fr[system.WireCount];
        var (overGamma, overDelta) = (gamma.Invert(), delta.Invert());
        for (var i = 0; i < joined.Length; i++)
        {
            var scale = i <= system.PublicCount ? overGamma : overDelta;
            joined[i] = ((beta * a[i]) + (alpha * b[i]) + c[i]) * scale;
        }

        var g1 = new WindowTable<Fq, G1<Fq>>(G1.Generator);
        var g2 = new WindowTable<Fq2, G2<Fq>>(G2.Generator);
        var outer = g1.Multiples([alpha, beta, delta]);
        var outer2 = g2.Multiples([beta, gamma, delta]);
        var wires = g1.Multiples(joined);
        return new(
            new(outer[0], outer2[0], outer2[1], outer2[2], [.. wires.Take(system.PublicCount + 1)]),
            outer[1], outer[2], domain.Size, [.. coefficients], g1.Multiples(a), g1.Multiples(b), g2.Multiples(b),
            wires[(system.PublicCount + 1)..], g1.Multiples(OddLagrange(domain, tau, overDelta)));
    }

    static void Accumulate(
        SparseMatrix matrix, Fr[] lagrange, Fr[] sums, CoefficientMatrix? keep, List<Coefficient> coefficients)
    {
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var i = matrix.Starts[row]; i < matrix.Starts[row + 1]; i++)
            {
                sums[matrix.Wires[i]] += lagrange[row] * matrix.Values[i];
                if (keep is { } name) coefficients.Add(new(name, row, matrix.Wires[i], matrix.Values[i]));
            }
        }
    }

    /// <summary>Lᵢ(tau) = wⁱ·(tauⁿ − 1) / (n·(tau − wⁱ)).</summary>
    static Fr[] Lagrange(Domain domain, in Fr tau)
    {
        var values = new Fr[domain.Size];
        var scale = (tau.Pow((ulong)domain.Size) - Fr.One) * Fr.FromUInt64((ulong)domain.Size).Invert();
        var power = Fr.One;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = scale * power * (tau - power).Invert();
            power *= domain.Root;
        }

        return values;
    }

    /// <summary>The Lagrange values of twice the domain at its odd places, over delta: they meet a·b − c.</summary>
    static Fr[] OddLagrange(Domain domain, in Fr tau, Fr overDelta)
    {
        var all = Lagrange(Domain.OfSize(2 * domain.Size), tau);
        return [.. Enumerable.Range(0, domain.Size).Select(i => all[(2 * i) + 1] * overDelta)];
    }
}
