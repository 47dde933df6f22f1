using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PoA.Nostr.Crypto;

/// <summary>
/// A point of secp256k1 that is not infinity, and its arithmetic. Immutable; compared by what it is. Whatever has no
/// answer (bytes that are no point, a scalar that is zero or not below the order, a sum at infinity) is null.
/// </summary>
public sealed unsafe partial class CurvePoint : IEquatable<CurvePoint>
{
    /// <summary>Bytes in compressed form.</summary>
    public const int Length = 33;

    /// <summary>Bytes in uncompressed form.</summary>
    public const int UncompressedLength = 65;

    const uint CompressedFlag = 0x102;
    const uint UncompressedFlag = 2;

    readonly Secp256k1.Point _point;

    CurvePoint(Secp256k1.Point point) => _point = point;

    /// <summary>Of 33 bytes compressed or 65 uncompressed; the hybrid form is refused.</summary>
    public static CurvePoint? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!(bytes.Length == Length && bytes[0] is 2 or 3) && !(bytes.Length == UncompressedLength && bytes[0] == 4))
        {
            return null;
        }

        Secp256k1.Point point;
        fixed (byte* input = bytes)
        {
            return Secp256k1.secp256k1_ec_pubkey_parse(Secp256k1.Context, &point, input, (nuint)bytes.Length) == 1
                ? new(point)
                : null;
        }
    }

    /// <summary>Of 66 lower-case hex digits, compressed: the only form that Cashu has on the wire.</summary>
    public static CurvePoint? Parse(string? hex)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return hex is not null && Hex.TryDecode(hex, bytes) ? Parse(bytes) : null;
    }

    /// <summary>secret · G.</summary>
    public static CurvePoint? OfSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != 32) return null;
        Secp256k1.Point point;
        fixed (byte* k = secret)
        {
            return secp256k1_ec_pubkey_create(Secp256k1.Context, &point, k) == 1 ? new(point) : null;
        }
    }

    /// <summary>this + scalar · G.</summary>
    public CurvePoint? AddGenerator(ReadOnlySpan<byte> scalar)
    {
        if (scalar.Length != 32) return null;
        var point = _point;
        fixed (byte* t = scalar)
        {
            return secp256k1_ec_pubkey_tweak_add(Secp256k1.Context, &point, t) == 1 ? new(point) : null;
        }
    }

    /// <summary>scalar · this. Not in constant time.</summary>
    public CurvePoint? Multiply(ReadOnlySpan<byte> scalar)
    {
        if (scalar.Length != 32) return null;
        var point = _point;
        fixed (byte* t = scalar)
        {
            return secp256k1_ec_pubkey_tweak_mul(Secp256k1.Context, &point, t) == 1 ? new(point) : null;
        }
    }

    /// <summary>Null where the other is: what has no answer stays so through a formula.</summary>
    public CurvePoint? Add(CurvePoint? other)
    {
        if (other is null) return null;
        Secp256k1.Point sum;
        var (left, right) = (_point, other._point);
        var both = stackalloc Secp256k1.Point*[2] { &left, &right };
        return secp256k1_ec_pubkey_combine(Secp256k1.Context, &sum, both, 2) == 1 ? new(sum) : null;
    }

    public CurvePoint? Subtract(CurvePoint? other) => Add(other?.Negate());

    public CurvePoint Negate()
    {
        var point = _point;
        return secp256k1_ec_pubkey_negate(Secp256k1.Context, &point) == 1
            ? new(point)
            : throw new CryptographicException("A point has a negative.");
    }

    /// <summary>33 bytes.</summary>
    public byte[] ToBytes() => Serialize(Length, CompressedFlag);

    /// <summary>65 bytes.</summary>
    public byte[] ToUncompressedBytes() => Serialize(UncompressedLength, UncompressedFlag);

    /// <summary>66 lower-case hex digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(ToBytes());

    /// <summary>The x coordinate as NIP-01 writes keys: 64 lower-case hex digits.</summary>
    public string ToXOnlyHex() => Convert.ToHexStringLower(ToBytes().AsSpan(1));

    public bool Equals(CurvePoint? other) => other is not null && ToBytes().AsSpan().SequenceEqual(other.ToBytes());

    public override bool Equals(object? obj) => Equals(obj as CurvePoint);

    public override int GetHashCode() => BitConverter.ToInt32(ToBytes(), 1);

    public override string ToString() => ToHex();

    /// <summary>For the other classes that bind the library.</summary>
    internal Secp256k1.Point Raw => _point;

    internal static CurvePoint FromRaw(Secp256k1.Point point) => new(point);

    byte[] Serialize(int length, uint flag)
    {
        var output = new byte[length];
        var size = (nuint)length;
        var point = _point;
        fixed (byte* o = output)
        {
            _ = secp256k1_ec_pubkey_serialize(Secp256k1.Context, o, &size, &point, flag);
        }

        return output;
    }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_create(nint context, Secp256k1.Point* key, byte* secret);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_serialize(
        nint context, byte* output, nuint* length, Secp256k1.Point* key, uint flags);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_negate(nint context, Secp256k1.Point* key);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_tweak_add(nint context, Secp256k1.Point* key, byte* tweak);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_tweak_mul(nint context, Secp256k1.Point* key, byte* tweak);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_pubkey_combine(
        nint context, Secp256k1.Point* sum, Secp256k1.Point** keys, nuint count);
}
