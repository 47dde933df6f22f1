using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// Many proofs under one key: Π e(zᵢAᵢ, Bᵢ) · e(−Σ zᵢ·vk_xᵢ, gamma) · e(−Σ zᵢCᵢ, delta) =
/// e(alpha, beta)^Σzᵢ for fresh random zᵢ of 128 bits. Where the product fails, each proof is verified alone,
/// so that the false ones are named.
/// </summary>
[SkipLocalsInit]
public static class BatchVerifier
{
    /// <summary>Signals stand one proof after another. Never throws for what strangers send.</summary>
    public static Verdict[] Verify(
        VerifyingKey key, ReadOnlyMemory<Proof> proofs, ReadOnlyMemory<Fr> signals,
        Arithmetic arithmetic = Arithmetic.Best)
    {
        var verdicts = new Verdict[proofs.Length];
        if (signals.Length != (long)key.PublicCount * proofs.Length)
        {
            Array.Fill(verdicts, Verdict.WrongSignalCount);
            return verdicts;
        }

        var sound = Enumerable.Range(0, proofs.Length).Where(i => Verifier.IsWellFormed(proofs.Span[i])).ToArray();
        var holds = arithmetic.UsesLanes()
            ? Holds<Fq8, EightG1, EightG2>(key, proofs, signals, sound)
            : Holds<Fq, OnePoint<Fq>, OnePoint<Fq2>>(key, proofs, signals, sound);
        Parallel.For(0, proofs.Length, i =>
        {
            var own = signals.Span.Slice(i * key.PublicCount, key.PublicCount);
            if (!holds || Array.BinarySearch(sound, i) < 0)
            {
                verdicts[i] = Verifier.Verify(key, proofs.Span[i], own, arithmetic);
            }
        });
        return verdicts;
    }

    /// <summary>Whether all of these proofs hold; their points are on the curves.</summary>
    static bool Holds<F, TLanes1, TLanes2>(
        VerifyingKey key, ReadOnlyMemory<Proof> proofs, ReadOnlyMemory<Fr> signals, int[] sound)
        where F : unmanaged, IField<F>
        where TLanes1 : struct, IPointLanes<F, Fq>
        where TLanes2 : struct, IPointLanes<Fe2<F>, Fq2>
    {
        if (sound.Length == 0) return true;

        var weights = new UInt128[sound.Length];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(weights.AsSpan()));
        var groups = (sound.Length + TLanes1.Count - 1) / TLanes1.Count;
        var values = new Fq12[groups];
        var sums = new Projective<Fq, G1<Fq>>[groups];
        var refused = 0;
        Parallel.For(0, groups, group =>
        {
            var first = group * TLanes1.Count;
            var count = Math.Min(TLanes1.Count, sound.Length - first);
            var own = Weighted<F, TLanes1, TLanes2>(
                proofs.Span, sound.AsSpan(first, count), weights.AsSpan(first, count), out values[group],
                out sums[group]);
            if (!own) Interlocked.Exchange(ref refused, 1);
        });
        if (refused != 0) return false;

        var product = values.Aggregate((a, b) => a * b);
        var sumC = sums.Aggregate((a, b) => a + b);
        return Closes(key, product, sumC, Combined(key, signals.Span, sound, weights));
    }

    /// <summary>
    /// One group: Π of Miller values at zᵢAᵢ, and Σ zᵢCᵢ. False where some B is not of order r.
    /// </summary>
    static bool Weighted<F, TLanes1, TLanes2>(
        ReadOnlySpan<Proof> proofs, ReadOnlySpan<int> own, ReadOnlySpan<UInt128> weights, out Fq12 value,
        out Projective<Fq, G1<Fq>> sum)
        where F : unmanaged, IField<F>
        where TLanes1 : struct, IPointLanes<F, Fq>
        where TLanes2 : struct, IPointLanes<Fe2<F>, Fq2>
    {
        var lanes = TLanes1.Count;
        Span<Fq> a = stackalloc Fq[2 * lanes];
        Span<Fq> c = stackalloc Fq[2 * lanes];
        Span<Fq2> b = stackalloc Fq2[2 * lanes];
        for (var i = 0; i < lanes; i++)
        {
            // A lane without a proof repeats the last one, with weight zero.
            var proof = proofs[own[Math.Min(i, own.Length - 1)]];
            (a[i], a[lanes + i]) = (proof.A.X, proof.A.Y);
            (b[i], b[lanes + i]) = (proof.B.X, proof.B.Y);
            (c[i], c[lanes + i]) = (proof.C.X, proof.C.Y);
        }

        var (x, y) = (TLanes2.Gather(b[..lanes]), TLanes2.Gather(b[lanes..]));
        var lines = new Line<F>[Pairing.LineCount];
        AteLines.Compute(x, y, lines, out var end);
        var last = -Psi<F>.Map(Psi<F>.Map(Psi<F>.Map(new(x, y, Fe2<F>.One))));
        var all = (1u << lanes) - 1;
        var inGroup = TLanes2.Zeros(end.X - (last.X * end.Z)) & TLanes2.Zeros(end.Y - (last.Y * end.Z))
            & ~TLanes2.Zeros(end.Z);
        (value, sum) = (Fq12.One, Projective<Fq, G1<Fq>>.Infinity);
        if ((inGroup & all) != all) return false;

        var weightedA = Times<F, TLanes1>(TLanes1.Gather(a[..lanes]), TLanes1.Gather(a[lanes..]), weights);
        var overY = weightedA.Y.Invert();
        var at = new LinePoint<F>(weightedA.X * overY, weightedA.Z * overY);
        value = Product<F, TLanes1>(Pairing.MillerLoop<Fe12<F>, F>(lines, at));
        var weightedC = Times<F, TLanes1>(TLanes1.Gather(c[..lanes]), TLanes1.Gather(c[lanes..]), weights);
        TLanes1.Scatter(weightedC.X, a);
        TLanes1.Scatter(weightedC.Y, a[lanes..]);
        TLanes1.Scatter(weightedC.Z, c);
        for (var i = 0; i < lanes; i++)
        {
            sum += new Projective<Fq, G1<Fq>>(a[i], a[lanes + i], c[i]);
        }

        return true;
    }

    /// <summary>Each lane's point by its own weight; lanes beyond the weights come out at infinity.</summary>
    static Projective<F, G1<F>> Times<F, TLanes>(in F x, in F y, ReadOnlySpan<UInt128> weights)
        where F : unmanaged, IField<F>
        where TLanes : struct, IPointLanes<F, Fq>
    {
        var product = Projective<F, G1<F>>.Infinity;
        for (var bit = 127; bit >= 0; bit--)
        {
            uint set = 0;
            for (var lane = 0; lane < weights.Length; lane++)
            {
                set |= (uint)((weights[lane] >> bit) & 1) << lane;
            }

            product = product.Twice();
            if (set == 0) continue;

            var sum = product.PlusAffine(x, y);
            product = new(
                TLanes.Select(set, sum.X, product.X), TLanes.Select(set, sum.Y, product.Y),
                TLanes.Select(set, sum.Z, product.Z));
        }

        return product;
    }

    /// <summary>The product of all lanes.</summary>
    static Fq12 Product<F, TLanes>(in Fe12<F> value)
        where F : unmanaged, IField<F>
        where TLanes : struct, IPointLanes<F, Fq>
    {
        var lanes = TLanes.Count;
        ReadOnlySpan<Fe2<F>> pairs =
            [value.C0.C0, value.C0.C1, value.C0.C2, value.C1.C0, value.C1.C1, value.C1.C2];
        Span<Fq> all = stackalloc Fq[12 * lanes];
        for (var i = 0; i < pairs.Length; i++)
        {
            TLanes.Scatter(pairs[i].C0, all[(2 * i * lanes)..]);
            TLanes.Scatter(pairs[i].C1, all[(((2 * i) + 1) * lanes)..]);
        }

        var product = Fq12.One;
        for (var lane = 0; lane < lanes; lane++)
        {
            product *= new Fq12(new(At(all, 0), At(all, 1), At(all, 2)), new(At(all, 3), At(all, 4), At(all, 5)));

            Fq2 At(ReadOnlySpan<Fq> from, int i) =>
                new(from[(2 * i * lanes) + lane], from[(((2 * i) + 1) * lanes) + lane]);
        }

        return product;
    }

    /// <summary>Σ zᵢ, then Σ zᵢ·sᵢⱼ for each signal j.</summary>
    static Fr[] Combined(
        VerifyingKey key, ReadOnlySpan<Fr> signals, ReadOnlySpan<int> sound, ReadOnlySpan<UInt128> weights)
    {
        var combined = new Fr[key.PublicCount + 1];
        for (var i = 0; i < sound.Length; i++)
        {
            var weight = Fr.FromBigInteger(weights[i]);
            combined[0] += weight;
            for (var j = 0; j < key.PublicCount; j++)
            {
                combined[j + 1] += weight * signals[(sound[i] * key.PublicCount) + j];
            }
        }

        return combined;
    }

    static bool Closes(VerifyingKey key, in Fq12 product, in Projective<Fq, G1<Fq>> sumC, ReadOnlySpan<Fr> combined)
    {
        var constant = key.Points.Ic[0].ToProjective().Times(combined[0].ToLimbs());
        for (var j = 1; j < combined.Length; j++)
        {
            constant = key.SignalTables[j - 1].AddMultiple(constant, combined[j]);
        }

        var alpha = key.Points.Alpha.ToProjective().Times(combined[0].ToLimbs()).ToAffine();
        var rest = Pairing.MillerLoop(
            [-constant.ToAffine(), -sumC.ToAffine(), -alpha],
            [key.Points.Gamma, key.Points.Delta, key.Points.Beta]);
        return Pairing.FinalExponentiation(product * rest) == Fq12.One;
    }
}
