using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Encodings. Each element has exactly one: a value of p or more is refused, never reduced.</summary>
public readonly partial struct Fe<TModulus>
{
    /// <summary>Bytes of an encoded element.</summary>
    public const int Size = 32;

    /// <summary>Digits of the longest decimal encoding.</summary>
    const int DigitsMax = 77;

    /// <summary>The prime p.</summary>
    public static BigInteger Modulus { get; } = ToBigInteger(TModulus.P);

    /// <summary>32 bytes, least significant first.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fe<TModulus> value)
    {
        var canonical = TryReadMontgomery(bytes, out var raw);
        value = raw * new Fe<TModulus>(TModulus.RSquared);
        return canonical;
    }

    /// <summary>32 bytes, most significant first.</summary>
    public static bool TryReadBigEndian(ReadOnlySpan<byte> bytes, out Fe<TModulus> value)
    {
        value = default;
        if (bytes.Length != Size) return false;

        Span<byte> reversed = stackalloc byte[Size];
        bytes.CopyTo(reversed);
        reversed.Reverse();
        return TryRead(reversed, out value);
    }

    /// <summary>
    /// 32 bytes of a·2^256 mod p, least significant first: how .zkey and .ptau files store coordinates.
    /// </summary>
    public static bool TryReadMontgomery(ReadOnlySpan<byte> bytes, out Fe<TModulus> value)
    {
        value = default;
        if (bytes.Length != Size) return false;

        var limbs = ReadLimbs(bytes);
        if (!IsBelowModulus(limbs)) return false;

        value = new(limbs);
        return true;
    }

    /// <summary>Decimal digits without sign, blank or leading zero.</summary>
    public static bool TryParse(ReadOnlySpan<char> digits, out Fe<TModulus> value)
    {
        value = default;
        if (digits.Length is 0 or > DigitsMax || (digits[0] == '0' && digits.Length > 1)) return false;
        if (digits.ContainsAnyExceptInRange('0', '9')) return false;

        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (number >= Modulus) return false;

        value = FromBigInteger(number);
        return true;
    }

    /// <exception cref="FormatException">Not decimal digits of a number below p.</exception>
    public static Fe<TModulus> Parse(string digits) =>
        TryParse(digits, out var value) ? value : throw new FormatException("Not a canonical field element.");

    /// <exception cref="ArgumentOutOfRangeException">Negative, or p or more.</exception>
    public static Fe<TModulus> FromBigInteger(BigInteger number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Modulus);
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        TryRead(bytes, out var value);
        return value;
    }

    /// <summary>A uniform element from the system's generator: candidates of 254 bits until one is below p.</summary>
    public static Fe<TModulus> Random()
    {
        Span<byte> bytes = stackalloc byte[Size];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            bytes[^1] &= 0x3f;
            if (!TryReadMontgomery(bytes, out var value)) continue;

            CryptographicOperations.ZeroMemory(bytes);
            return value;
        }
    }

    /// <summary>The number itself, out of Montgomery form.</summary>
    public Limbs ToLimbs()
    {
        var value = this * new Fe<TModulus>(1, 0, 0, 0);
        return new(value._0, value._1, value._2, value._3);
    }

    /// <summary>The limbs as stored: a·2^256 mod p.</summary>
    internal Limbs Montgomery => new(_0, _1, _2, _3);

    /// <summary>The caller vouches that the limbs are below p.</summary>
    internal static Fe<TModulus> FromMontgomery(in Limbs limbs) => new(limbs);

    public BigInteger ToBigInteger() => ToBigInteger(ToLimbs());

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>Least significant byte first.</summary>
    public void Write(Span<byte> bytes) => WriteLimbs(ToLimbs(), bytes);

    /// <summary>Most significant byte first.</summary>
    public void WriteBigEndian(Span<byte> bytes)
    {
        Write(bytes);
        bytes[..Size].Reverse();
    }

    public void WriteMontgomery(Span<byte> bytes) => WriteLimbs(Montgomery, bytes);

    /// <summary>Decimal digits.</summary>
    public override string ToString() => ToBigInteger().ToString(CultureInfo.InvariantCulture);

    static bool IsBelowModulus(in Limbs limbs)
    {
        var p = TModulus.P;
        SubtractBorrow(limbs.L0, p.L0, 0, out var borrow);
        SubtractBorrow(limbs.L1, p.L1, borrow, out borrow);
        SubtractBorrow(limbs.L2, p.L2, borrow, out borrow);
        SubtractBorrow(limbs.L3, p.L3, borrow, out borrow);
        return borrow == 1;
    }

    static BigInteger ToBigInteger(in Limbs limbs)
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteLimbs(limbs, bytes);
        return new(bytes, isUnsigned: true);
    }

    static Limbs ReadLimbs(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

    static void WriteLimbs(in Limbs limbs, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, limbs.L0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], limbs.L1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], limbs.L2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], limbs.L3);
    }
}
