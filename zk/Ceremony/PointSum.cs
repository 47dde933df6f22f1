using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Ceremony;

static class PointSum
{
    public static Affine<F, TCurve> Of<F, TCurve>(Affine<F, TCurve>[] points, Fr[] weights)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F>
    {
        var sum = new PointSum<F, TCurve>();
        sum.Add([.. weights.Select((weight, i) => (i, weight))], points);
        return sum.Result();
    }
}

/// <summary>
/// Σ kᵢ·Pᵢ for the few terms of one wire: windows of four bits that share their doublings (Straus).
/// </summary>
sealed class PointSum<F, TCurve>
    where F : unmanaged, IScalarField<F>
    where TCurve : struct, ICurve<F>
{
    readonly List<(Limbs Scalar, Projective<F, TCurve>[] Multiples)> _terms = [];
    Projective<F, TCurve> _plain = Projective<F, TCurve>.Infinity;

    public void Add(List<(int Row, Fr Value)> terms, Affine<F, TCurve>[] bases)
    {
        foreach (var (row, value) in terms)
        {
            var point = bases[row].ToProjective();
            if (value.IsOne) _plain += point;
            else if ((-value).IsOne) _plain += -point;
            else _terms.Add((value.ToLimbs(), Multiples(point)));
        }
    }

    public Affine<F, TCurve> Result()
    {
        var sum = Projective<F, TCurve>.Infinity;
        for (var bit = 252; _terms.Count > 0 && bit >= 0; bit -= 4)
        {
            sum = sum.Twice().Twice().Twice().Twice();
            foreach (var (scalar, multiples) in _terms)
            {
                var window = Window(scalar, bit);
                if (window != 0) sum += multiples[window];
            }
        }

        return (sum + _plain).ToAffine();
    }

    static Projective<F, TCurve>[] Multiples(in Projective<F, TCurve> point)
    {
        var multiples = new Projective<F, TCurve>[16];
        multiples[0] = Projective<F, TCurve>.Infinity;
        for (var i = 1; i < multiples.Length; i++)
        {
            multiples[i] = multiples[i - 1] + point;
        }

        return multiples;
    }

    static int Window(in Limbs scalar, int bit)
    {
        var limb = (bit >> 6) switch { 0 => scalar.L0, 1 => scalar.L1, 2 => scalar.L2, _ => scalar.L3 };
        return (int)(limb >> (bit & 63)) & 15;
    }
}
