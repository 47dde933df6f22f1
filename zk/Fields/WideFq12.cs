using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// One element of the field of twelve coefficients in lanes: lane k has the coefficient of w^k over Fq2, with w⁶
/// = ξ; lanes 6 and 7 hold nothing. One pairing is then a few wide operations instead of many narrow ones.
/// </summary>
[SkipLocalsInit]
readonly struct WideFq12 : IPairingValue<WideFq12, Fq>
{
    const int Coefficients = 6;
    static readonly Fe2<Fq8>[] FrobeniusFactors = [.. Enumerable.Range(0, 4).Select(Factors)];
    static readonly Vector512<ulong>[] Wraps =
        [.. Enumerable.Range(0, Coefficients).Select(by => Fq8.MaskOf((0b111111u << (Coefficients - by)) & 0b111111))];

    static readonly Vector512<ulong>[] Indices = [.. Enumerable.Range(0, Coefficients).Select(RotatedIndices)];
    readonly Fq8 _real;
    readonly Fq8 _imaginary;

    WideFq12(in Fq8 real, in Fq8 imaginary) => (_real, _imaginary) = (real, imaginary);

    public static WideFq12 One => Of(Fq12.One);

    /// <summary>Where each coefficient of a cyclotomic square comes from.</summary>
    static Vector512<ulong> CyclotomicOrder => Vector512.Create(0ul, 5, 1, 3, 2, 4, 6, 7);

    /// <summary>Lanes 1, 3 and 5.</summary>
    static Vector512<ulong> Odd => Fq8.MaskOf(0b101010);

    public static WideFq12 Of(in Fq12 value)
    {
        Span<Fq> real = stackalloc Fq[Fq8.Count];
        Span<Fq> imaginary = stackalloc Fq[Fq8.Count];
        real.Clear();
        imaginary.Clear();
        Span<Fq2> pairs = [value.C0.C0, value.C1.C0, value.C0.C1, value.C1.C1, value.C0.C2, value.C1.C2];
        for (var i = 0; i < Coefficients; i++)
        {
            (real[i], imaginary[i]) = (pairs[i].C0, pairs[i].C1);
        }

        return new(Fq8.Load(real), Fq8.Load(imaginary));
    }

    public Fq12 ToFq12()
    {
        Span<Fq> a = stackalloc Fq[Fq8.Count];
        Span<Fq> b = stackalloc Fq[Fq8.Count];
        _real.Store(a);
        _imaginary.Store(b);
        return new(
            new(new(a[0], b[0]), new(a[2], b[2]), new(a[4], b[4])),
            new(new(a[1], b[1]), new(a[3], b[3]), new(a[5], b[5])));
    }

    /// <summary>
    /// Lane k is Σ a_i·b_{k−i} over six i, times ξ where the index wraps: twelve products and one reduction
    /// for each of the two coefficients. Operands are weakly reduced first, so that 12 · 1.1 · 2.1 stays far
    /// below 80.
    /// </summary>
    public static WideFq12 operator *(in WideFq12 a, in WideFq12 b)
    {
        Span<Fq8> left = stackalloc Fq8[4 * Coefficients];
        Span<Fq8> right = stackalloc Fq8[4 * Coefficients];
        var (ar, ai) = (a._real + Fq8.Zero, a._imaginary + Fq8.Zero);
        var plain = new Fe2<Fq8>(b._real + Fq8.Zero, b._imaginary + Fq8.Zero);
        var wrapped = TimesXi(plain);
        for (var i = 0; i < Coefficients; i++)
        {
            var chosen = Vector512.Create((ulong)i);
            var at = 4 * i;
            left[at] = left[at + 1] = ar.Permuted(chosen);
            left[at + 2] = left[at + 3] = ai.Permuted(chosen);
            Rotate(plain, wrapped, i, out var br, out var bi);
            (right[at], right[at + 1], right[at + 2], right[at + 3]) = (br, bi, -bi, br);
        }

        return Dot(left, right);
    }

    public WideFq12 Square() => this * this;

    public WideFq12 TimesLine(in Fq2 b, in Fq2 c) =>
        TimesLine(new Fe2<Fq8>(Fq8.Of(b.C0), Fq8.Of(b.C1)), new Fe2<Fq8>(Fq8.Of(c.C0), Fq8.Of(c.C1)));

    /// <summary>a·(1 + b·w + c·w³), where b and c stand in two lanes of a vector.</summary>
    public WideFq12 TimesLine(in Fe2<Fq8> values, int b, int c) => TimesLine(All(values, b), All(values, c));

    /// <summary>a·(b + c·w + d·w³), where b, c and d stand in three lanes of a vector.</summary>
    public WideFq12 TimesLine(in Fe2<Fq8> values, int b, int c, int d)
    {
        Turn(out var plain, out var first, out var third);
        var (vb, vc, vd) = (All(values, b), All(values, c), All(values, d));
        return Dot(
            [vb.C0, vb.C0, vb.C1, vb.C1, vc.C0, vc.C0, vc.C1, vc.C1, vd.C0, vd.C0, vd.C1, vd.C1],
            [
                plain.C0, plain.C1, -plain.C1, plain.C0, first.C0, first.C1, -first.C1, first.C0, third.C0, third.C1,
                -third.C1, third.C0,
            ]);
    }

    WideFq12 TimesLine(in Fe2<Fq8> b, in Fe2<Fq8> c)
    {
        Turn(out var plain, out var first, out var third);
        var product = Dot(
            [b.C0, b.C0, b.C1, b.C1, c.C0, c.C0, c.C1, c.C1],
            [first.C0, first.C1, -first.C1, first.C0, third.C0, third.C1, -third.C1, third.C0]);
        return new(plain.C0 + product._real, plain.C1 + product._imaginary);
    }

    /// <summary>The element, weakly reduced, then w and w³ times it.</summary>
    void Turn(out Fe2<Fq8> plain, out Fe2<Fq8> first, out Fe2<Fq8> third)
    {
        plain = new(_real + Fq8.Zero, _imaginary + Fq8.Zero);
        var wrapped = TimesXi(plain);
        Rotate(plain, wrapped, 1, out var r1, out var i1);
        Rotate(plain, wrapped, 3, out var r3, out var i3);
        (first, third) = (new(r1, i1), new(r3, i3));
    }

    static Fe2<Fq8> All(in Fe2<Fq8> values, int lane)
    {
        var indices = Vector512.Create((ulong)lane);
        return new(values.C0.Permuted(indices), values.C1.Permuted(indices));
    }

    public WideFq12 Conjugate() => new(Fq8.Select(Odd, -_real, _real), Fq8.Select(Odd, -_imaginary, _imaginary));

    public WideFq12 Invert() => Of(ToFq12().Invert());

    public WideFq12 Frobenius(int k)
    {
        var mapped = new Fe2<Fq8>(_real, (k & 1) == 1 ? -_imaginary : _imaginary) * FrobeniusFactors[k];
        return new(mapped.C0, mapped.C1);
    }

    /// <summary>
    /// As <see cref="Fe12{F}.CyclotomicSquare"/>: of the three pairs a + b·w³, lanes 0 to 2 compute a² + ξ·b²
    /// and lanes 3 to 5 compute 2ab.
    /// </summary>
    public WideFq12 CyclotomicSquare()
    {
        var upper = Fq8.MaskOf(0b111000);
        var own = new Fe2<Fq8>(_real + Fq8.Zero, _imaginary + Fq8.Zero);
        var other = new Fe2<Fq8>(own.C0.Permuted(Indices[3]), own.C1.Permuted(Indices[3]));
        var first = Select(upper, other, own);
        var second = Select(upper, other, TimesXi(other));
        var third = Select(upper, own, other);
        var minus = new Fe2<Fq8>(-own.C1, -third.C1);
        var squares = Dot(
            [first.C0, first.C0, first.C1, first.C1, second.C0, second.C0, second.C1, second.C1],
            [own.C0, own.C1, minus.C0, own.C0, third.C0, third.C1, minus.C1, third.C0]);
        var turned = new Fe2<Fq8>(
            squares._real.Permuted(CyclotomicOrder), squares._imaginary.Permuted(CyclotomicOrder));
        var t = Select(Fq8.MaskOf(0b000010), turned.TimesXi(), turned);
        var h = Select(Odd, own, -own);
        var result = (t + h).Twice() + t;
        return new(result.C0, result.C1);
    }

    /// <summary>Real parts stand at even places, imaginary ones at odd.</summary>
    static WideFq12 Dot(ReadOnlySpan<Fq8> a, ReadOnlySpan<Fq8> b)
    {
        Fq8.DotPair(a, b, out var real, out var imaginary);
        return new(real, imaginary);
    }

    /// <summary>ξ times what is below 1.1p.</summary>
    static Fe2<Fq8> TimesXi(in Fe2<Fq8> a) => new(Fq8.NineMinus(a.C0, a.C1), Fq8.NinePlus(a.C1, a.C0));

    static Fe2<Fq8> Select(Vector512<ulong> mask, in Fe2<Fq8> a, in Fe2<Fq8> b) =>
        new(Fq8.Select(mask, a.C0, b.C0), Fq8.Select(mask, a.C1, b.C1));

    /// <summary>w^by times the element.</summary>
    static void Rotate(in Fe2<Fq8> plain, in Fe2<Fq8> wrapped, int by, out Fq8 real, out Fq8 imaginary)
    {
        var (wraps, indices) = (Wraps[by], Indices[by]);
        real = Fq8.Select(wraps, wrapped.C0, plain.C0).Permuted(indices);
        imaginary = Fq8.Select(wraps, wrapped.C1, plain.C1).Permuted(indices);
    }

    static Vector512<ulong> RotatedIndices(int by)
    {
        var from = new ulong[Fq8.Count];
        for (var lane = 0; lane < Coefficients; lane++)
        {
            from[lane] = (ulong)((lane - by + Coefficients) % Coefficients);
        }

        return Vector512.Create(from);
    }

    static Fe2<Fq8> Factors(int k)
    {
        var real = new Fq[Fq8.Count];
        var imaginary = new Fq[Fq8.Count];
        real[0] = Fq.One;
        for (var i = 1; i < Coefficients && k > 0; i++)
        {
            var factor = FrobeniusPowers<Fq>.Of(k)[i - 1];
            (real[i], imaginary[i]) = (factor.C0, factor.C1);
        }

        return new(Fq8.Load(real), Fq8.Load(imaginary));
    }
}
