using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// e(A, B) · e(−vk_x, gamma) · e(−C, delta) = e(alpha, beta), with vk_x = Ic₀ + Σ sᵢ·Icᵢ. Everything
/// that a stranger sends gives a verdict, never an exception; nothing is allocated.
/// </summary>
/// <remarks>
/// A process that verifies one proof and ends is quicker on the scalar path: compiling that of the lanes takes longer
/// than all of the verification.
/// </remarks>
[SkipLocalsInit]
public static class Verifier
{
    public static Verdict Verify(
        VerifyingKey key, in Proof proof, ReadOnlySpan<Fr> signals, Arithmetic arithmetic = Arithmetic.Best)
    {
        if (signals.Length != key.PublicCount) return Verdict.WrongSignalCount;
        if (!IsWellFormed(proof)) return Verdict.MalformedPoint;

        return arithmetic.UsesLanes() ? VerifyInLanes(key, proof, signals) : VerifyOne(key, proof, signals);
    }

    static Verdict VerifyOne(VerifyingKey key, in Proof proof, ReadOnlySpan<Fr> signals)
    {
        Span<Line<Fq>> lines = stackalloc Line<Fq>[3 * Pairing.LineCount];
        AteLines.Compute(proof.B.X, proof.B.Y, lines[..Pairing.LineCount], out var end);
        if (!AteLines.ProvesSubgroup(end, proof.B)) return Verdict.NotInSubgroup;

        key.FixedLines.CopyTo(lines[Pairing.LineCount..]);
        Span<LinePoint<Fq>> points = stackalloc LinePoint<Fq>[3];
        WritePoints(proof, SumSignals(key, signals, Arithmetic.Scalar), points);
        return Judge(key, Pairing.FinalExponentiation(Pairing.MillerLoop<Fq12, Fq>(lines, points)));
    }

    static Verdict VerifyInLanes(VerifyingKey key, in Proof proof, ReadOnlySpan<Fr> signals)
    {
        Span<LinePoint<Fq>> points = stackalloc LinePoint<Fq>[3];
        WritePoints(proof, SumSignals(key, signals, Arithmetic.Best), points);
        var value = WideMiller.Run(
            key.WideLines, WideMiller.Points(points[1], points[2], proof.A), proof.B, out var end);
        return AteLines.ProvesSubgroup(end, proof.B)
            ? Judge(key, Pairing.FinalExponentiation<WideFq12, Fq>(value).ToFq12())
            : Verdict.NotInSubgroup;
    }

    static Verdict Judge(VerifyingKey key, in Fq12 value) =>
        value == key.AlphaBeta ? Verdict.Accepted : Verdict.EquationFails;

    internal static bool IsWellFormed(in Proof proof) =>
        !proof.A.IsInfinity && !proof.B.IsInfinity && !proof.C.IsInfinity
        && proof.A.IsOnCurve && proof.C.IsOnCurve && proof.B.IsOnCurve;

    /// <summary>Ic₀ + Σ sᵢ·Icᵢ.</summary>
    internal static Projective<Fq, G1<Fq>> SumSignals(
        VerifyingKey key, ReadOnlySpan<Fr> signals, Arithmetic arithmetic)
    {
        var sum = key.Points.Ic[0].ToProjective();
        if (arithmetic.UsesLanes()) return sum + WideSumOf(key, signals);

        for (var i = 0; i < signals.Length; i++)
        {
            sum = key.SignalTables[i].AddMultiple(sum, signals[i]);
        }

        return sum;
    }

    /// <summary>A few signals at a time, so that their parts fit the stack.</summary>
    static Projective<Fq, G1<Fq>> WideSumOf(VerifyingKey key, ReadOnlySpan<Fr> signals)
    {
        const int together = 8;
        Span<G1Affine> parts = stackalloc G1Affine[together * WindowTable<Fq, G1<Fq>>.Windows];
        var sum = Projective<Fq, G1<Fq>>.Infinity;
        for (var first = 0; first < signals.Length; first += together)
        {
            var count = 0;
            for (var i = first; i < Math.Min(first + together, signals.Length); i++)
            {
                count += key.SignalTables[i].Split(signals[i], parts[count..]);
            }

            sum += WideSum.Of(parts[..count]);
        }

        return sum;
    }

    /// <summary>
    /// A, −vk_x and −C as lines want them, by one inversion. A sum at infinity makes each line one.
    /// </summary>
    static void WritePoints(in Proof proof, in Projective<Fq, G1<Fq>> sum, Span<LinePoint<Fq>> points)
    {
        var ac = proof.A.Y * proof.C.Y;
        var inverse = (ac * sum.Y).Invert();
        var overA = inverse * proof.C.Y * sum.Y;
        var overC = -(inverse * proof.A.Y * sum.Y);
        var overSum = -(inverse * ac);
        points[0] = new(proof.A.X * overA, overA);
        points[1] = new(sum.X * overSum, sum.Z * overSum);
        points[2] = new(proof.C.X * overC, overC);
    }
}
