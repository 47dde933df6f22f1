using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// The powers of a root of unity of order 2^k, over which a proof's polynomials are given, with the tables that its
/// transforms need. Immutable, one a size.
/// </summary>
public sealed class Domain
{
    /// <summary>r − 1 = 2^28 · odd.</summary>
    public const int LogMax = 28;

    const int LaneLog = 3;
    static readonly ConcurrentDictionary<int, Domain> Domains = new();
    readonly int _log;
    readonly Lazy<Tables<Fr>> _scalar;
    readonly Lazy<Tables<Fr8>> _lanes;

    Domain(int log)
    {
        _log = log;
        Root = RootOf(log);
        _scalar = new(() => new Tables<Fr>(log, RootOf, Shifts(), value => value));
        _lanes = new(LaneTables);
    }

    public int Size => 1 << _log;

    /// <summary>5^((r−1)/2^k): the root that snarkjs takes.</summary>
    public Fr Root { get; }

    /// <exception cref="ArgumentOutOfRangeException">Not a power of two from 2 to 2^27.</exception>
    public static Domain OfSize(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(size), true, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(size, 1 << LogMax);
        return Domains.GetOrAdd(BitOperations.Log2((uint)size), log => new(log));
    }

    /// <summary>
    /// From the values of a polynomial on the domain to those on its odd coset, the points g·wⁱ with g² = w.
    /// </summary>
    public void ToOddCoset(Span<Fr> values, Arithmetic arithmetic = Arithmetic.Best)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Size);
        if (arithmetic.UsesLanes() && _log >= 2 * LaneLog)
        {
            ExtendLanes(values);
            return;
        }

        var tables = _scalar.Value;
        Fft.Descend(values, tables.Inverse);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= tables.Shift[i];
        }

        Fft.Ascend(values, tables.Forward);
    }

    /// <summary>
    /// Layers of blocks above eight run on whole vectors. The three below, and the shift between them, run on squares
    /// of eight vectors, turned so that each lane holds a block.
    /// </summary>
    void ExtendLanes(Span<Fr> values)
    {
        var tables = _lanes.Value;
        var rented = ArrayPool<Fr8>.Shared.Rent(values.Length / Fr8.Count);
        var vectors = rented.AsSpan(0, values.Length / Fr8.Count);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Fr8.Load(values[(i * Fr8.Count)..]);
        }

        Fft.Descend(vectors, tables.Inverse.AsSpan(LaneLog));
        for (var square = 0; square < vectors.Length; square += Fr8.Count)
        {
            var block = vectors.Slice(square, Fr8.Count);
            Fr8.Turn(block);
            Fft.Descend(block, tables.Inverse.AsSpan(0, LaneLog));
            for (var i = 0; i < block.Length; i++)
            {
                block[i] *= tables.Shift[square + i];
            }

            Fft.Ascend(block, tables.Forward.AsSpan(0, LaneLog));
            Fr8.Turn(block);
        }

        Fft.Ascend(vectors, tables.Forward.AsSpan(LaneLog));
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i].Store(values[(i * Fr8.Count)..]);
        }

        ArrayPool<Fr8>.Shared.Return(rented, clearArray: true);
    }

    Tables<Fr8> LaneTables()
    {
        var scalar = _scalar.Value;
        var shift = new Fr8[Size / Fr8.Count];
        for (var i = 0; i < shift.Length; i++)
        {
            shift[i] = Fr8.Load(scalar.Shift.AsSpan(i * Fr8.Count));
        }

        for (var square = 0; square < shift.Length; square += Fr8.Count)
        {
            Fr8.Turn(shift.AsSpan(square, Fr8.Count));
        }

        return new(Wide(scalar.Forward), Wide(scalar.Inverse), shift);

        static Fr8[][] Wide(Fr[][] layers) =>
        [
            .. layers.Select((layer, log) => log < LaneLog
                ? [.. layer.Select(root => Fr8.Of(root))]
                : layer.Chunk(Fr8.Count).Select(eight => Fr8.Load(eight)).ToArray()),
        ];
    }

    /// <summary>gⁱ/n at the bit-reversed place of i.</summary>
    Fr[] Shifts()
    {
        var shifts = new Fr[Size];
        var generator = RootOf(_log + 1);
        var power = Fr.FromUInt64((ulong)Size).Invert();
        for (var i = 0; i < shifts.Length; i++)
        {
            shifts[Reversed(i)] = power;
            power *= generator;
        }

        return shifts;
    }

    int Reversed(int index)
    {
        var reversed = 0;
        for (var bit = 0; bit < _log; bit++)
        {
            reversed |= ((index >> bit) & 1) << (_log - 1 - bit);
        }

        return reversed;
    }

    static Fr RootOf(int log) => Fr.FromUInt64(5).Pow(Exponents.Limbs((Fr.Modulus - 1) >> log));

    sealed record Tables<T>(T[][] Forward, T[][] Inverse, T[] Shift)
    {
        public Tables(int log, Func<int, Fr> rootOf, T[] shift, Func<Fr, T> convert)
            : this(
                [.. Enumerable.Range(1, log).Select(order => Powers(rootOf(order), order, convert))],
                [.. Enumerable.Range(1, log).Select(order => Powers(rootOf(order).Invert(), order, convert))], shift)
        {
        }

        static T[] Powers(Fr root, int order, Func<Fr, T> convert)
        {
            var powers = new T[1 << (order - 1)];
            var power = Fr.One;
            for (var i = 0; i < powers.Length; i++)
            {
                powers[i] = convert(power);
                power *= root;
            }

            return powers;
        }
    }
}
