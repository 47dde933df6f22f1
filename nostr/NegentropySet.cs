using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>
/// One side's events for a reconciliation (NIP-77), sorted by time and id. Running sums of the ids make the
/// fingerprint of any range one subtraction and one hash.
/// </summary>
public sealed class NegentropySet
{
    const int IdBytes = 32;
    const int Limbs = 4;

    readonly (ulong Time, byte[] Id)[] _items;
    readonly ulong[] _sums;

    /// <param name="events">Time in Unix seconds and id of each; an id that stands twice counts once.</param>
    public NegentropySet(IEnumerable<(long CreatedAt, string Id)> events)
    {
        var all = events.Select(item => ((ulong)item.CreatedAt, Convert.FromHexString(item.Id))).ToArray();
        Array.Sort(all, (x, y) => Compare(x.Item1, x.Item2, y.Item1, y.Item2));
        _items = [.. all.Where((item, i) => i == 0 || !item.Item2.AsSpan().SequenceEqual(all[i - 1].Item2))];
        _sums = new ulong[(_items.Length + 1) * Limbs];
        for (var i = 0; i < _items.Length; i++) AddId(i);
    }

    public int Count => _items.Length;

    internal ulong TimeAt(int index) => _items[index].Time;

    internal ReadOnlySpan<byte> IdAt(int index) => _items[index].Id;

    /// <summary>The first index from <paramref name="from"/> on that is not below the bound.</summary>
    internal int LowerBound(int from, ulong time, ReadOnlySpan<byte> idPrefix)
    {
        var (low, high) = (from, _items.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (Compare(_items[middle].Time, _items[middle].Id, time, idPrefix) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>16 bytes: SHA-256 over the sum of the ids mod 2^256 and their number, cut.</summary>
    internal void Fingerprint(int from, int to, Span<byte> fingerprint)
    {
        Span<byte> input = stackalloc byte[IdBytes + Varint.BytesMax];
        var borrow = 0UL;
        for (var limb = 0; limb < Limbs; limb++)
        {
            var (high, low) = (_sums[(to * Limbs) + limb], _sums[(from * Limbs) + limb]);
            BinaryPrimitives.WriteUInt64LittleEndian(input[(limb * 8)..], unchecked(high - low - borrow));
            borrow = high < low || (high == low && borrow == 1) ? 1UL : 0;
        }

        var length = IdBytes + Varint.Write(input[IdBytes..], (ulong)(to - from));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input[..length], hash);
        hash[..16].CopyTo(fingerprint);
    }

    void AddId(int index)
    {
        var carry = 0UL;
        for (var limb = 0; limb < Limbs; limb++)
        {
            var before = _sums[(index * Limbs) + limb];
            var added = BinaryPrimitives.ReadUInt64LittleEndian(_items[index].Id.AsSpan(limb * 8));
            var sum = unchecked(before + added + carry);
            carry = sum < before || (sum == before && carry == 1) ? 1UL : 0;
            _sums[((index + 1) * Limbs) + limb] = sum;
        }
    }

    /// <summary>A prefix stands for itself and zero bytes behind it.</summary>
    static int Compare(ulong time, ReadOnlySpan<byte> id, ulong otherTime, ReadOnlySpan<byte> otherId) =>
        time != otherTime ? time.CompareTo(otherTime) : id.SequenceCompareTo(otherId);
}

/// <summary>Numbers of base 128, most significant digit first, as short as they can be (NIP-77).</summary>
static class Varint
{
    public const int BytesMax = 10;

    public static int Write(Span<byte> to, ulong value)
    {
        var length = 1;
        for (var rest = value >> 7; rest > 0; rest >>= 7) length++;
        for (var i = length - 1; i >= 0; i--)
        {
            to[i] = (byte)((value & 127) | (i == length - 1 ? 0u : 128u));
            value >>= 7;
        }

        return length;
    }

    /// <summary>Null when the bytes end too early or the number is too large.</summary>
    public static ulong? Read(ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var i = 0; i < from.Length && i < BytesMax; i++)
        {
            if (value > ulong.MaxValue >> 7) return null;
            value = (value << 7) | (from[i] & 127u);
            if (from[i] > 127) continue;

            from = from[(i + 1)..];
            return value;
        }

        return null;
    }
}
