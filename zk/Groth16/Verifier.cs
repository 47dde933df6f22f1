using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// e(A, B) · e(−vk_x, gamma) · e(−C, delta) = e(alpha, beta), with vk_x = Ic₀ + Σ sᵢ·Icᵢ. Everything that a stranger
/// sends gives a verdict, never an exception; nothing is allocated.
/// </summary>
public static class Verifier
{
    [SkipLocalsInit]
    public static Verdict Verify(
        VerifyingKey key, in Proof proof, ReadOnlySpan<Fr> signals, Arithmetic arithmetic = Arithmetic.Best)
    {
        if (signals.Length != key.PublicCount) return Verdict.WrongSignalCount;
        if (!IsWellFormed(proof)) return Verdict.MalformedPoint;

        Span<Line<Fq>> lines = stackalloc Line<Fq>[3 * Pairing.LineCount];
        AteLines.Compute(proof.B.X, proof.B.Y, lines[..Pairing.LineCount], out var end);
        if (!AteLines.ProvesSubgroup(end, proof.B)) return Verdict.NotInSubgroup;

        key.FixedLines.CopyTo(lines[Pairing.LineCount..]);
        var sum = SumSignals(key, signals);
        Span<LinePoint<Fq>> points = stackalloc LinePoint<Fq>[3];
        WritePoints(proof, sum, points);
        var value = arithmetic.UsesLanes()
            ? Pair<WideFq12>(lines, points).ToFq12()
            : Pair<Fq12>(lines, points);
        return value == key.AlphaBeta ? Verdict.Accepted : Verdict.EquationFails;
    }

    static T Pair<T>(ReadOnlySpan<Line<Fq>> lines, ReadOnlySpan<LinePoint<Fq>> points)
        where T : struct, IPairingValue<T, Fq> =>
        Pairing.FinalExponentiation<T, Fq>(Pairing.MillerLoop<T, Fq>(lines, points));

    internal static bool IsWellFormed(in Proof proof) =>
        !proof.A.IsInfinity && !proof.B.IsInfinity && !proof.C.IsInfinity
        && proof.A.IsOnCurve && proof.C.IsOnCurve && proof.B.IsOnCurve;

    internal static Projective<Fq, G1<Fq>> SumSignals(VerifyingKey key, ReadOnlySpan<Fr> signals)
    {
        var sum = key.Points.Ic[0].ToProjective();
        for (var i = 0; i < signals.Length; i++)
        {
            sum = key.SignalTables[i].AddMultiple(sum, signals[i]);
        }

        return sum;
    }

    /// <summary>A, −vk_x and −C as lines want them, by one inversion. A sum at infinity makes each line one.</summary>
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
