using System.Security.Cryptography;
using System.Runtime.InteropServices;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// Makes proofs under one key, on all cores (eprint 2016/260 §3.2, in the basis of snarkjs). The time it takes depends
/// on the witness: prove where nobody measures. What is derived from the witness is wiped.
/// </summary>
public sealed class Prover
{
    readonly ProvingKeyPoints _key;
    readonly Arithmetic _arithmetic;
    readonly Domain _domain;
    readonly CoefficientRows _rowsA;
    readonly CoefficientRows _rowsB;
    readonly PointSet<Fq, G1<Fq>> _a;
    readonly PointSet<Fq, G1<Fq>> _b1;
    readonly PointSet<Fq2, G2<Fq>> _b2;
    readonly PointSet<Fq, G1<Fq>> _c;
    readonly PointSet<Fq, G1<Fq>> _h;

    /// <param name="key">A key whose points are on their curves: a prover trusts its own key.</param>
    /// <param name="arithmetic">The path of all bulk work.</param>
    /// <param name="tables">
    /// Whether to keep multiples of all points (some twenty times the memory of the key, and a second to make): proofs
    /// then take a third less time.
    /// </param>
    public Prover(ProvingKeyPoints key, Arithmetic arithmetic = Arithmetic.Best, bool tables = false)
        : this(key, arithmetic, tables, new PointStore?[TableFile.Tables])
    {
    }

    Prover(ProvingKeyPoints key, Arithmetic arithmetic, bool tables, PointStore?[] ready)
    {
        _key = key;
        _arithmetic = arithmetic;
        _domain = Domain.OfSize(key.DomainSize);
        _rowsA = CoefficientRows.Of(key, CoefficientMatrix.A);
        _rowsB = CoefficientRows.Of(key, CoefficientMatrix.B);
        var delta = key.Delta1;
        _a = PointSets.OfG1([.. key.A, delta], arithmetic, tables, ready[0]);
        _b1 = PointSets.OfG1([.. key.B1, default, delta], arithmetic, tables, ready[1]);
        _b2 = PointSets.OfG2([.. key.B2, default, key.Verifying.Delta], arithmetic, tables, ready[2]);
        _c = PointSets.OfG1([.. key.C, default, default, delta], arithmetic, tables, ready[3]);
        _h = PointSets.OfG1(key.H, arithmetic, tables, ready[4]);
    }

    PointStore[] Stores => [_a.Points, _b1.Points, _b2.Points, _c.Points, _h.Points];

    /// <summary>
    /// A prover with tables out of a file beside the key, which is written where it is missing, broken or another
    /// key's.
    /// </summary>
    /// <param name="key">As for the constructor.</param>
    /// <param name="keyHash">By which the key is known: the SHA-256 of its file.</param>
    /// <param name="path">Where the tables are kept: whoever can write there can spoil proofs, not forge them.</param>
    /// <exception cref="IOException">The tables could not be written.</exception>
    public static Prover WithTables(ProvingKeyPoints key, ReadOnlySpan<byte> keyHash, string path)
    {
        var ready = TableFile.TryRead(path, keyHash) ?? new PointStore?[TableFile.Tables];
        var prover = new Prover(key, Arithmetic.Best, tables: true, ready);
        if (!ready.SequenceEqual(prover.Stores)) TableFile.Write(path, keyHash, prover.Stores);
        return prover;
    }

    /// <summary>
    /// A proof that whoever made it knows the witness; two proofs of one witness have nothing in common. A witness
    /// that breaks a row gives a proof that nobody accepts.
    /// </summary>
    /// <exception cref="ArgumentException">The witness has another length, or its wire 0 is not one.</exception>
    public Proof Prove(ReadOnlySpan<Fr> witness)
    {
        if (witness.Length != _key.WireCount || !witness[0].IsOne)
        {
            throw new ArgumentException("Not a witness for this key.", nameof(witness));
        }

        // r, s and −rs follow the witness, as delta follows the points of A, B and C: the sums are blinded already.
        var (r, s) = (Fr.Random(), Fr.Random());
        Fr[] values = [.. witness, r, s, -(r * s)];
        var numbers = PointSets.Numbers(values);
        var quotient = Array.Empty<Limbs>();
        var works = new SumWork<Fq, G1<Fq>>[4];
        SumWork<Fq2, G2<Fq>>? workB2 = null;
        Parallel.Invoke(
            () => works[3] = _h.Begin(quotient = Quotient(values)),
            () =>
            {
                workB2 = _b2.Begin(numbers);
                works[0] = _a.Begin(numbers);
                works[1] = _b1.Begin(numbers);
                works[2] = _c.Begin(numbers.AsSpan(_key.PublicCount + 1));
            });
        PointSets.RunBlocks(workB2!, works[3], works[0], works[2], works[1]);

        var sums = new Projective<Fq, G1<Fq>>[works.Length];
        var sumB2 = Projective<Fq2, G2<Fq>>.Infinity;
        Parallel.For(-1, works.Length, i =>
        {
            if (i < 0) sumB2 = workB2!.Finish();
            else sums[i] = works[i].Finish();
        });
        Wipe(values);
        Wipe(numbers);
        Wipe(quotient);
        return Join(sums, sumB2, r, s);
    }

    /// <summary>A = α + Σ, B = β + Σ, C = Σ + s·A + r·B, where the sums hold their multiples of δ.</summary>
    Proof Join(Projective<Fq, G1<Fq>>[] sums, in Projective<Fq2, G2<Fq>> sumB2, Fr r, Fr s)
    {
        var a = sums[0] + _key.Verifying.Alpha.ToProjective();
        var b1 = sums[1] + _key.Beta1.ToProjective();
        var b2 = sumB2 + _key.Verifying.Beta.ToProjective();
        Projective<Fq, G1<Fq>> timesA = default, timesB = default;
        Parallel.Invoke(() => timesA = a.Times(s.ToLimbs()), () => timesB = b1.Times(r.ToLimbs()));
        var c = sums[2] + sums[3] + timesA + timesB;
        return new(a.ToAffine(), b2.ToAffine(), c.ToAffine());
    }

    /// <summary>a·b − c on the odd coset, where a, b and c agree with the rows on the domain.</summary>
    Limbs[] Quotient(Fr[] witness)
    {
        var a = new Fr[_domain.Size];
        var b = new Fr[_domain.Size];
        var c = new Fr[_domain.Size];
        Parallel.Invoke(() => _rowsA.Multiply(witness, a), () => _rowsB.Multiply(witness, b));
        for (var i = 0; i < c.Length; i++)
        {
            c[i] = a[i] * b[i];
        }

        Fr[][] polynomials = [a, b, c];
        Parallel.ForEach(polynomials, polynomial => _domain.ToOddCoset(polynomial, _arithmetic));
        for (var i = 0; i < c.Length; i++)
        {
            c[i] = (a[i] * b[i]) - c[i];
        }

        var numbers = PointSets.Numbers(c);
        Wipe(a);
        Wipe(b);
        Wipe(c);
        return numbers;
    }

    static void Wipe<T>(T[] secret)
        where T : unmanaged => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret.AsSpan()));
}
