using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Blind Diffie–Hellman key exchange (NUT-00) and its proof of equal logarithms (NUT-12). Pure; null or false for
/// whatever is no point or no scalar.
/// </summary>
public static class Bdhke
{
    static readonly byte[] Domain = Encoding.ASCII.GetBytes("Secp256k1_HashToCurve_Cashu_");

    /// <summary>Y of a secret: of its text as UTF-8, not of what its hex stands for.</summary>
    public static CurvePoint HashToCurve(string secret) => HashToCurve(Encoding.UTF8.GetBytes(secret));

    /// <summary>Y = 02 ‖ SHA256(SHA256(domain ‖ message) ‖ counter), counting until that is a point.</summary>
    public static CurvePoint HashToCurve(ReadOnlySpan<byte> message)
    {
        var seed = new byte[36];
        SHA256.HashData([.. Domain, .. message], seed);
        Span<byte> candidate = stackalloc byte[33];
        candidate[0] = 2;
        for (uint counter = 0; counter < ushort.MaxValue; counter++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(seed.AsSpan(32), counter);
            SHA256.HashData(seed, candidate[1..]);
            if (CurvePoint.Parse(candidate) is { } point) return point;
        }

        // Half of all x are on the curve: 65,535 misses in a row do not happen.
        throw new CryptographicException("No point was found.");
    }

    /// <summary>B' = Y + rG.</summary>
    public static CurvePoint? Blind(string secret, ReadOnlySpan<byte> r) => HashToCurve(secret).AddGenerator(r);

    /// <summary>C = C' − rK.</summary>
    public static CurvePoint? Unblind(CurvePoint blindSignature, ReadOnlySpan<byte> r, CurvePoint key) =>
        key.Multiply(r) is { } mask ? blindSignature.Subtract(mask) : null;

    /// <summary>Whether the mint signed B' with the secret of <paramref name="key"/>: Alice's check.</summary>
    /// <param name="key">A: the mint's key for the amount.</param>
    /// <param name="blinded">B'.</param>
    /// <param name="signature">C'.</param>
    /// <param name="e">32 bytes.</param>
    /// <param name="s">32 bytes.</param>
    public static bool VerifyDleq(
        CurvePoint key, CurvePoint blinded, CurvePoint signature, ReadOnlySpan<byte> e, ReadOnlySpan<byte> s)
    {
        if (CurvePoint.OfSecret(s)?.Subtract(key.Multiply(e)) is not { } r1) return false;
        if (blinded.Multiply(s)?.Subtract(signature.Multiply(e)) is not { } r2) return false;
        return CryptographicOperations.FixedTimeEquals(Challenge(r1, r2, key, signature), e);
    }

    /// <summary>The same of an unblinded proof whose sender revealed r: Carol's check.</summary>
    public static bool VerifyDleq(
        CurvePoint key, string secret, CurvePoint unblinded, ReadOnlySpan<byte> e, ReadOnlySpan<byte> s,
        ReadOnlySpan<byte> r) =>
        key.Multiply(r) is { } mask
        && unblinded.Add(mask) is { } signature
        && Blind(secret, r) is { } blinded
        && VerifyDleq(key, blinded, signature, e, s);

    /// <summary>SHA-256 over the points' uncompressed hex, as text (NUT-12, "Hash function").</summary>
    internal static byte[] Challenge(params ReadOnlySpan<CurvePoint> points)
    {
        var text = new StringBuilder(points.Length * CurvePoint.UncompressedLength * 2);
        foreach (var point in points) text.Append(Convert.ToHexStringLower(point.ToUncompressedBytes()));
        return SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString()));
    }
}
