using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Lanes fetched from, and spread to, records of 256-bit words in the lanes' own Montgomery form.</summary>
unsafe readonly partial struct Lanes<TModulus>
{
    /// <summary>The element at an offset in each of eight records; the lowest bit of an address is not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes<TModulus> LoadRecords(nint* references, int offset)
    {
        Transpose(
            Two(references, 0, offset), Two(references, 2, offset), Two(references, 4, offset),
            Two(references, 6, offset), out var w0, out var w1, out var w2, out var w3);
        return FromWords(w0, w1, w2, w3);
    }

    /// <summary>Negated in the lanes whose reference has its lowest bit set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes<TModulus> NegatedWhere(nint* references)
    {
        var odd = Vector512.Load((ulong*)references) & Vector512<ulong>.One;
        return odd == Vector512<ulong>.Zero ? this : Select(Vector512<ulong>.Zero - odd, -this, this);
    }

    /// <summary>One lane a record, the records one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreRecords(byte* records, int size, int offset)
    {
        TransposeBack(out var a, out var b, out var c, out var d);
        var at = records + offset;
        Put(a, at, size);
        Put(b, at + (2 * size), size);
        Put(c, at + (4 * size), size);
        Put(d, at + (6 * size), size);
    }

    public uint ZeroBits() => (uint)Vector512.ExtractMostSignificantBits(IsZero());

    /// <summary>All bits of a lane for each bit.</summary>
    public static Vector512<ulong> MaskOf(uint bits) =>
        ~Vector512.Equals(
            Vector512.Create((ulong)bits) & Vector512.Create(1ul, 2, 4, 8, 16, 32, 64, 128), Vector512<ulong>.Zero);

    /// <summary>Of eight vectors a square: lane i of vector j and lane j of vector i change places.</summary>
    public static void Turn(Span<Lanes<TModulus>> square)
    {
        const int limbs = 5;
        fixed (Lanes<TModulus>* start = square)
        {
            var words = (ulong*)start;
            for (var row = 0; row < Count; row++)
            {
                for (var column = 0; column < row; column++)
                {
                    for (var limb = 0; limb < limbs; limb++)
                    {
                        var a = words + (((row * limbs) + limb) * Count) + column;
                        var b = words + (((column * limbs) + limb) * Count) + row;
                        (*a, *b) = (*b, *a);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Two(nint* references, int index, int offset) => Vector512.Create(
        Vector256.Load((ulong*)((references[index] & ~1) + offset)),
        Vector256.Load((ulong*)((references[index + 1] & ~1) + offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(Vector512<ulong> two, byte* at, int size)
    {
        two.GetLower().Store((ulong*)at);
        two.GetUpper().Store((ulong*)(at + size));
    }
}
