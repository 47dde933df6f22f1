using System.Collections.Immutable;
using System.Security.Cryptography;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>The points of a verifying key, unchecked; Ic has one for the constant and one a signal.</summary>
public sealed record VerifyingKeyPoints(
    G1Affine Alpha, G2Affine Beta, G2Affine Gamma, G2Affine Delta, ImmutableArray<G1Affine> Ic);

/// <summary>Why a key is refused.</summary>
public enum KeyDefect
{
    None,

    /// <summary>A point is not on its curve, or not of order r.</summary>
    PointOutsideGroup,

    PointAtInfinity,

    /// <summary>There is no Ic at all.</summary>
    WithoutSignals,

    /// <summary>Nobody contributed to phase 2: whoever reads the key can prove anything.</summary>
    DeltaIsGamma,

    /// <summary>The same: the discrete logarithm of delta is known to be one.</summary>
    DeltaIsGenerator,
}

/// <summary>A checked key, with all that verification needs computed once. Immutable.</summary>
public sealed class VerifyingKey
{
    readonly Lazy<Fe2<Fq8>[]> _wideLines;

    VerifyingKey(VerifyingKeyPoints points)
    {
        Points = points;
        AlphaBeta = Pairing.Compute(points.Alpha, points.Beta);
        FixedLines = new Line<Fq>[2 * Pairing.LineCount];
        AteLines.Compute(points.Gamma.X, points.Gamma.Y, FixedLines.AsSpan(0, Pairing.LineCount), out _);
        AteLines.Compute(points.Delta.X, points.Delta.Y, FixedLines.AsSpan(Pairing.LineCount), out _);
        _wideLines = new(() => WideMiller.Prepare(
            FixedLines.AsSpan(0, Pairing.LineCount), FixedLines.AsSpan(Pairing.LineCount)));
        SignalTables = [.. points.Ic.Skip(1).Select(point => new WindowTable<Fq, G1<Fq>>(point))];
        Hash = SHA256.HashData(Encode(points));
    }

    public VerifyingKeyPoints Points { get; }

    public int PublicCount => Points.Ic.Length - 1;

    /// <summary>SHA-256 of the points in uncompressed form, in the order of <see cref="VerifyingKeyPoints"/>.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>e(alpha, beta).</summary>
    public Fq12 AlphaBeta { get; }

    /// <summary>Lines of gamma, then of delta.</summary>
    internal Line<Fq>[] FixedLines { get; }

    /// <summary>The same for <see cref="WideMiller"/>, made when they are first needed.</summary>
    internal Fe2<Fq8>[] WideLines => _wideLines.Value;

    internal ImmutableArray<WindowTable<Fq, G1<Fq>>> SignalTables { get; }

    public static KeyDefect TryCreate(VerifyingKeyPoints points, out VerifyingKey? key)
    {
        var defect = Refuse(points);
        key = defect == KeyDefect.None ? new(points) : null;
        return defect;
    }

    static KeyDefect Refuse(VerifyingKeyPoints points)
    {
        if (points.Ic.Length == 0) return KeyDefect.WithoutSignals;
        if (points.Alpha.IsInfinity || points.Beta.IsInfinity || points.Gamma.IsInfinity || points.Delta.IsInfinity)
        {
            return KeyDefect.PointAtInfinity;
        }

        if (points.Ic.Any(point => point.IsInfinity)) return KeyDefect.PointAtInfinity;
        if (!points.Alpha.IsOnCurve || points.Ic.Any(point => !point.IsOnCurve)) return KeyDefect.PointOutsideGroup;
        if (!G2.IsInSubgroup(points.Beta) || !G2.IsInSubgroup(points.Gamma) || !G2.IsInSubgroup(points.Delta))
        {
            return KeyDefect.PointOutsideGroup;
        }

        if (points.Delta == points.Gamma) return KeyDefect.DeltaIsGamma;
        return points.Delta == G2.Generator ? KeyDefect.DeltaIsGenerator : KeyDefect.None;
    }

    static byte[] Encode(VerifyingKeyPoints points)
    {
        var bytes = new byte[64 + (3 * 128) + (64 * points.Ic.Length)];
        PointEncoding.WriteUncompressed(points.Alpha, bytes);
        PointEncoding.WriteUncompressed(points.Beta, bytes.AsSpan(64));
        PointEncoding.WriteUncompressed(points.Gamma, bytes.AsSpan(192));
        PointEncoding.WriteUncompressed(points.Delta, bytes.AsSpan(320));
        for (var i = 0; i < points.Ic.Length; i++)
        {
            PointEncoding.WriteUncompressed(points.Ic[i], bytes.AsSpan(448 + (64 * i)));
        }

        return bytes;
    }
}
