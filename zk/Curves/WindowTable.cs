using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>Multiples of one known point, so that a multiple of it is a sum of few of them.</summary>
[SkipLocalsInit]
sealed class WindowTable<F, TCurve>
    where F : unmanaged, IScalarField<F>
    where TCurve : struct, ICurve<F>
{
    const int Bits = 7;
    const int Half = 1 << (Bits - 1);

    /// <summary>Multiples that a sum has at most.</summary>
    public static readonly int Windows = Digits.Count(Bits);

    /// <summary>Row w holds d·2^(7w) times the point for d = 1…64.</summary>
    readonly Affine<F, TCurve>[] _multiples = new Affine<F, TCurve>[Windows * Half];

    public WindowTable(in Affine<F, TCurve> point)
    {
        var projective = new Projective<F, TCurve>[_multiples.Length];
        var start = point.ToProjective();
        for (var w = 0; w < Windows; w++)
        {
            var multiple = start;
            for (var d = 0; d < Half; d++)
            {
                projective[(w * Half) + d] = multiple;
                multiple += start;
            }

            start = projective[(w * Half) + Half - 1].Twice();
        }

        Batch.ToAffine(projective, _multiples);
    }

    /// <summary>Many multiples of the point, on all cores.</summary>
    public Affine<F, TCurve>[] Multiples(Fr[] scalars)
    {
        const int chunk = 256;
        var multiples = new Affine<F, TCurve>[scalars.Length];
        Parallel.For(0, (scalars.Length + chunk - 1) / chunk, block =>
        {
            var length = Math.Min(chunk, scalars.Length - (block * chunk));
            Span<Projective<F, TCurve>> sums = new Projective<F, TCurve>[length];
            for (var i = 0; i < length; i++)
            {
                sums[i] = AddMultiple(Projective<F, TCurve>.Infinity, scalars[(block * chunk) + i]);
            }

            Batch.ToAffine(sums, multiples.AsSpan(block * chunk, length));
        });
        return multiples;
    }

    /// <summary>sum + scalar·point. Time depends on the scalar, which must be public.</summary>
    public Projective<F, TCurve> AddMultiple(Projective<F, TCurve> sum, in Fr scalar)
    {
        Span<Affine<F, TCurve>> parts = stackalloc Affine<F, TCurve>[Windows];
        foreach (ref readonly var part in parts[..Split(scalar, parts)])
        {
            sum = sum.PlusAffine(part.X, part.Y);
        }

        return sum;
    }

    /// <summary>Writes the multiples whose sum is scalar·point, and says how many.</summary>
    public int Split(in Fr scalar, Span<Affine<F, TCurve>> parts)
    {
        Span<int> digits = stackalloc int[Windows];
        Digits.Write(scalar.ToLimbs(), Bits, digits);
        var count = 0;
        for (var w = 0; w < digits.Length; w++)
        {
            if (digits[w] == 0) continue;

            var multiple = _multiples[(w * Half) + Math.Abs(digits[w]) - 1];
            parts[count++] = digits[w] < 0 ? new(multiple.X, -multiple.Y) : multiple;
        }

        return count;
    }
}

/// <summary>Many inversions for the price of one (Montgomery's trick).</summary>
static class Batch
{
    public static void ToAffine<F, TCurve>(
        scoped ReadOnlySpan<Projective<F, TCurve>> points, Span<Affine<F, TCurve>> affine)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F>
    {
        var products = new F[points.Length];
        var product = F.One;
        for (var i = 0; i < points.Length; i++)
        {
            products[i] = product;
            if (!points[i].Z.IsZero) product *= points[i].Z;
        }

        var inverse = product.Invert();
        for (var i = points.Length - 1; i >= 0; i--)
        {
            affine[i] = default;
            if (points[i].Z.IsZero) continue;

            var z = inverse * products[i];
            inverse *= points[i].Z;
            affine[i] = new(points[i].X * z, points[i].Y * z);
        }
    }
}
