using PoA.Nostr.Zk.Curves;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// A proof, unchecked (eprint 2016/260). It is malleable: whoever has one makes others for the same statement, so that
/// its bytes identify nothing.
/// </summary>
public readonly record struct Proof(G1Affine A, G2Affine B, G1Affine C)
{
    /// <summary>Bytes of the compressed form.</summary>
    public const int Size = 128;

    /// <summary>A, B, C compressed: see <see cref="PointEncoding"/>. False where a point is not of its group.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Proof proof)
    {
        proof = default;
        if (bytes.Length != Size) return false;
        if (!PointEncoding.TryReadCompressed(bytes[..32], out G1Affine a)) return false;
        if (!PointEncoding.TryReadCompressed(bytes[32..96], out G2Affine b)) return false;
        if (!PointEncoding.TryReadCompressed(bytes[96..], out G1Affine c)) return false;

        proof = new(a, b, c);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        PointEncoding.WriteCompressed(A, bytes);
        PointEncoding.WriteCompressed(B, bytes.AsSpan(32));
        PointEncoding.WriteCompressed(C, bytes.AsSpan(96));
        return bytes;
    }
}

/// <summary>What became of a proof.</summary>
public enum Verdict
{
    /// <summary>The statement holds, as far as the key can be trusted.</summary>
    Accepted,

    /// <summary>More or fewer public signals than the key has.</summary>
    WrongSignalCount,

    /// <summary>A point is infinity or not on its curve.</summary>
    MalformedPoint,

    /// <summary>B is on the twist, but not of order r.</summary>
    NotInSubgroup,

    /// <summary>All is well formed, and the equation fails.</summary>
    EquationFails,
}
