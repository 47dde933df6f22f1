using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>A mint's half of blind Diffie-Hellman (NUT-00) and its proof of equal logarithms (NUT-12).</summary>
static class Bdhke
{
    static ReadOnlySpan<byte> Domain => "Secp256k1_HashToCurve_Cashu_"u8;

    /// <summary>NUT-00 §hash_to_curve: the first counter that gives a point.</summary>
    public static CurvePoint HashToCurve(ReadOnlySpan<byte> secret)
    {
        Span<byte> counted = stackalloc byte[36];
        SHA256.HashData([.. Domain, .. secret], counted);
        var point = new byte[33];
        point[0] = 2;
        for (uint counter = 0; ; counter++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(counted[32..], counter);
            SHA256.HashData(counted, point.AsSpan(1));
            if (CurvePoint.Parse(point) is { } found) return found;
        }
    }

    public static CurvePoint HashToCurve(string secret) => HashToCurve(Encoding.UTF8.GetBytes(secret));

    /// <summary>C_ = k·B_.</summary>
    public static CurvePoint Sign(ReadOnlySpan<byte> key, CurvePoint blinded) => blinded.Multiply(key)!;

    /// <summary>k·hash_to_curve(x) = C.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, CurvePoint y, CurvePoint signature) =>
        y.Multiply(key) is { } expected && expected.Equals(signature);

    /// <summary>
    /// NUT-12 §The DLEQ proof: R1 = rG, R2 = rB', e = hash(R1, R2, A, C'), s = r + ea, where r is derived from what is
    /// signed, so that a broken random generator gives no key away.
    /// </summary>
    public static (string E, string S) Prove(ReadOnlySpan<byte> key, CurvePoint blinded, CurvePoint signed)
    {
        var a = CurvePoint.OfSecret(key)!;
        for (var counter = 0; counter < 256; counter++)
        {
            var r = HMACSHA256.HashData(
                key,
                [
                    .. "Cashu_DLEQ_R_v1"u8, .. a.ToUncompressedBytes(), .. blinded.ToUncompressedBytes(),
                    .. signed.ToUncompressedBytes(), (byte)counter,
                ]);
            if (CurvePoint.OfSecret(r) is not { } r1 || blinded.Multiply(r) is not { } r2) continue;

            var e = HashOf(r1, r2, a, signed);
            var s = e.ToArray();
            if (SecretScalar.Multiply(s, key) && SecretScalar.Add(s, r))
            {
                return (Convert.ToHexStringLower(e), Convert.ToHexStringLower(s));
            }
        }

        throw new CryptographicException("No nonce in 256.");
    }

    /// <summary>NUT-12 §Hash function: over the points' uncompressed hex, as text.</summary>
    internal static byte[] HashOf(params ReadOnlySpan<CurvePoint> points)
    {
        var text = new StringBuilder(points.Length * 130);
        foreach (var point in points) text.Append(Convert.ToHexStringLower(point.ToUncompressedBytes()));
        return SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>A key of a keyset, derived from the mint's seed.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> seed, int keyset, ulong amount)
    {
        for (var attempt = 0; ; attempt++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"keyset {keyset} amount {amount} try {attempt}");
            var key = HMACSHA256.HashData(seed, Encoding.ASCII.GetBytes(path));
            if (Secp256k1.IsSecretKey(key)) return key;
        }
    }
}
