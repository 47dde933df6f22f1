using System.Buffers.Binary;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// Where phase 2 begins: the key that phase 1 and a circuit determine, with delta and gamma the generator. Everybody
/// who computes it gets the same, byte for byte what <c>snarkjs zkey new</c> writes. As it is it proves nothing:
/// verifiers refuse it.
/// </summary>
public static class InitialKey
{
    /// <exception cref="ZkFileException">The circuit does not fit into this phase 1.</exception>
    public static CeremonyKey Make(ConstraintSystem system, PowersOfTau phase1, IProgress<string>? progress = null)
    {
        var size = system.DomainSize;
        if (size > 1L << phase1.Power)
        {
            throw new ZkFileException($"The ptau file has power {phase1.Power}; the circuit has {size} rows.");
        }

        progress?.Report("reading Lagrange points of phase 1");
        var (tau1, tau2) = (phase1.LagrangeTau1(size), phase1.LagrangeTau2(size));
        var (alpha, beta) = (phase1.LagrangeAlpha(size), phase1.LagrangeBeta(size));
        var columns = new Columns(system);
        progress?.Report("computing points of A, B and C");
        var a = Sums(columns.A, tau1);
        var b1 = Sums(columns.B, tau1);
        var b2 = Sums(columns.B, tau2);
        var joined = Sums(columns.A, beta, columns.B, alpha, columns.C, tau1);
        G1Affine[] h = [.. phase1.LagrangeTau1(2 * size).Where((_, i) => (i & 1) == 1)];
        var signals = system.PublicCount + 1;
        var points = new ProvingKeyPoints(
            new(phase1.Alpha, phase1.Beta2, G2.Generator, G2.Generator, [.. joined.Take(signals)]),
            phase1.Beta1, G1.Generator, size, columns.Coefficients, a, b1, b2, joined[signals..], h);
        progress?.Report("hashing the circuit");
        return new(points, HashCircuit(points, phase1), []);
    }

    static Affine<F, TCurve>[] Sums<F, TCurve>(List<(int Row, Fr Value)>[] terms, Affine<F, TCurve>[] bases)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F> => Sums(terms, bases, [], [], [], []);

    static Affine<F, TCurve>[] Sums<F, TCurve>(
        List<(int Row, Fr Value)>[] first, Affine<F, TCurve>[] firstBases,
        List<(int Row, Fr Value)>[] second, Affine<F, TCurve>[] secondBases,
        List<(int Row, Fr Value)>[] third, Affine<F, TCurve>[] thirdBases)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F>
    {
        var sums = new Affine<F, TCurve>[first.Length];
        Parallel.For(0, sums.Length, wire =>
        {
            var sum = new PointSum<F, TCurve>();
            sum.Add(first[wire], firstBases);
            if (second.Length > 0) sum.Add(second[wire], secondBases);
            if (third.Length > 0) sum.Add(third[wire], thirdBases);
            sums[wire] = sum.Result();
        });
        return sums;
    }

    /// <summary>BLAKE2b over the header and the sections IC, H (as tau^(n+i) − tau^i), C, A, B1, B2.</summary>
    static byte[] HashCircuit(ProvingKeyPoints points, PowersOfTau phase1)
    {
        var hash = new Blake2b();
        hash.Append(points.Verifying.Alpha, points.Beta1);
        hash.Append(points.Verifying.Beta, points.Verifying.Gamma);
        hash.Append(points.Delta1);
        hash.Append(points.Verifying.Delta);
        AppendList<G1Affine>(hash, points.Verifying.Ic.AsSpan(), Ceremonies.Append);
        var high = phase1.Tau(points.DomainSize, points.DomainSize - 1);
        var low = phase1.Tau(0, points.DomainSize - 1);
        var differences = new G1Affine[low.Length];
        Parallel.For(0, low.Length, i => differences[i] = high[i] + -low[i]);
        AppendList<G1Affine>(hash, differences, Ceremonies.Append);
        AppendList<G1Affine>(hash, points.C, Ceremonies.Append);
        AppendList<G1Affine>(hash, points.A, Ceremonies.Append);
        AppendList<G1Affine>(hash, points.B1, Ceremonies.Append);
        AppendList<G2Affine>(hash, points.B2, Ceremonies.Append);
        return hash.Finish();
    }

    delegate void AppendPoints<T>(Blake2b hash, ReadOnlySpan<T> points);

    static void AppendList<T>(Blake2b hash, ReadOnlySpan<T> points, AppendPoints<T> append)
    {
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(count, points.Length);
        hash.Append(count);
        append(hash, points);
    }

    /// <summary>The matrices by wire, with the rows that keep public signals independent.</summary>
    sealed class Columns
    {
        public Columns(ConstraintSystem system)
        {
            var kept = new List<Coefficient>();
            A = ByWire(system.A, system.WireCount);
            B = ByWire(system.B, system.WireCount);
            C = ByWire(system.C, system.WireCount);
            for (var row = 0; row < system.RowCount; row++)
            {
                Keep(kept, CoefficientMatrix.A, system.A, row);
                Keep(kept, CoefficientMatrix.B, system.B, row);
            }

            for (var signal = 0; signal <= system.PublicCount; signal++)
            {
                A[signal].Add((system.RowCount + signal, Fr.One));
                kept.Add(new(CoefficientMatrix.A, system.RowCount + signal, signal, Fr.One));
            }

            Coefficients = [.. kept];
        }

        public List<(int Row, Fr Value)>[] A { get; }

        public List<(int Row, Fr Value)>[] B { get; }

        public List<(int Row, Fr Value)>[] C { get; }

        public Coefficient[] Coefficients { get; }

        static List<(int Row, Fr Value)>[] ByWire(SparseMatrix matrix, int wires)
        {
            List<(int Row, Fr Value)>[] columns = [.. Enumerable.Range(0, wires).Select(_ => new List<(int, Fr)>())];
            for (var row = 0; row < matrix.RowCount; row++)
            {
                for (var i = matrix.Starts[row]; i < matrix.Starts[row + 1]; i++)
                {
                    columns[matrix.Wires[i]].Add((row, matrix.Values[i]));
                }
            }

            return columns;
        }

        static void Keep(List<Coefficient> kept, CoefficientMatrix name, SparseMatrix matrix, int row)
        {
            for (var i = matrix.Starts[row]; i < matrix.Starts[row + 1]; i++)
            {
                kept.Add(new(name, row, matrix.Wires[i], matrix.Values[i]));
            }
        }
    }
}
