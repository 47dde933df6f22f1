using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>One event in a set that is compared with another: NIP-77 orders by time, then by id.</summary>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="High">The first half of the id.</param>
/// <param name="Low">The second half.</param>
public readonly record struct ReconciledItem(ulong CreatedAt, UInt128 High, UInt128 Low) : IComparable<ReconciledItem>
{
    /// <summary>Reads 64 hex digits as they stand in an event. Throws when they are none.</summary>
    public static ReconciledItem From(long createdAt, ReadOnlySpan<char> id)
    {
        Span<byte> bytes = stackalloc byte[32];
        return Hex.TryDecode(id, bytes)
            ? From((ulong)createdAt, bytes)
            : throw new ArgumentException("An id is 64 lower-case hex digits.", nameof(id));
    }

    public static ReconciledItem From(ulong createdAt, ReadOnlySpan<byte> id) => new(
        createdAt, BinaryPrimitives.ReadUInt128BigEndian(id), BinaryPrimitives.ReadUInt128BigEndian(id[16..]));

    /// <summary>Writes the 32 bytes of the id.</summary>
    public void WriteId(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, High);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], Low);
    }

    /// <summary>64 lower-case hex digits.</summary>
    public string Id
    {
        get
        {
            Span<byte> id = stackalloc byte[32];
            WriteId(id);
            return Convert.ToHexStringLower(id);
        }
    }

    public int CompareTo(ReconciledItem other) =>
        CreatedAt != other.CreatedAt ? CreatedAt.CompareTo(other.CreatedAt) :
        High != other.High ? High.CompareTo(other.High) :
        Low.CompareTo(other.Low);

    public static bool operator <(ReconciledItem left, ReconciledItem right) => left.CompareTo(right) < 0;
    public static bool operator >(ReconciledItem left, ReconciledItem right) => left.CompareTo(right) > 0;
    public static bool operator <=(ReconciledItem left, ReconciledItem right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ReconciledItem left, ReconciledItem right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A set of events that can say the fingerprint of any range of itself at once: the sum of the ids up to each item is
/// kept, and a range's sum is a difference.
/// </summary>
public sealed class ReconciledSet
{
    public const int FingerprintBytes = 16;
    readonly ReconciledItem[] _items;
    readonly (UInt128 High, UInt128 Low)[] _sums;

    public ReconciledSet(IEnumerable<ReconciledItem> items)
    {
        _items = [.. items];
        Array.Sort(_items);
        _sums = new (UInt128, UInt128)[_items.Length + 1];
        Span<byte> id = stackalloc byte[32];
        for (var i = 0; i < _items.Length; i++)
        {
            _items[i].WriteId(id);
            var low = BinaryPrimitives.ReadUInt128LittleEndian(id);
            var high = BinaryPrimitives.ReadUInt128LittleEndian(id[16..]);
            _sums[i + 1] = Add(_sums[i], (high, low));
        }
    }

    public int Count => _items.Length;

    public ReconciledItem this[int index] => _items[index];

    /// <summary>The first item from a place on that is not below the bound, or the end.</summary>
    public int LowerBound(int from, ReconciledItem bound)
    {
        int low = from, high = _items.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle] < bound) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>NIP-77, fingerprint algorithm: of the items from one place up to, and without, another.</summary>
    public void Fingerprint(int from, int end, Span<byte> fingerprint)
    {
        var (high, low) = Subtract(_sums[end], _sums[from]);
        Span<byte> hashed = stackalloc byte[32 + Varint.BytesMax];
        BinaryPrimitives.WriteUInt128LittleEndian(hashed, low);
        BinaryPrimitives.WriteUInt128LittleEndian(hashed[16..], high);
        var length = 32 + Varint.Write(hashed[32..], (ulong)(end - from));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(hashed[..length], hash);
        hash[..FingerprintBytes].CopyTo(fingerprint);
    }

    static (UInt128 High, UInt128 Low) Add((UInt128 High, UInt128 Low) left, (UInt128 High, UInt128 Low) right)
    {
        unchecked
        {
            var low = left.Low + right.Low;
            return (left.High + right.High + (low < left.Low ? UInt128.One : 0), low);
        }
    }

    static (UInt128 High, UInt128 Low) Subtract((UInt128 High, UInt128 Low) left, (UInt128 High, UInt128 Low) right)
    {
        unchecked
        {
            var borrow = left.Low < right.Low ? UInt128.One : 0;
            return (left.High - right.High - borrow, left.Low - right.Low);
        }
    }
}

/// <summary>NIP-77: base 128, the most significant digit first, the high bit on all but the last.</summary>
static class Varint
{
    public const int BytesMax = 10;

    public static int Write(Span<byte> to, ulong value)
    {
        var length = Math.Max(1, (70 - BitOperations.LeadingZeroCount(value)) / 7);
        for (var i = length - 1; i >= 0; i--)
        {
            to[i] = (byte)((value & 0x7f) | (i == length - 1 ? 0u : 0x80u));
            value >>= 7;
        }

        return length;
    }

    /// <summary>False when it does not end, or is more than 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(from.Length, BytesMax); i++)
        {
            if (value > ulong.MaxValue >> 7) return false;
            value = (value << 7) | (from[i] & 0x7fu);
            if (from[i] >= 0x80) continue;
            from = from[(i + 1)..];
            return true;
        }

        return false;
    }
}
