using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// Powers of tau into Lagrange points: the inverse Fourier transform with points for numbers, for files that were not
/// prepared.
/// </summary>
static class GroupTransform
{
    public static Affine<F, TCurve>[] ToLagrange<F, TCurve>(Affine<F, TCurve>[] powers)
        where F : unmanaged, IScalarField<F>
        where TCurve : struct, ICurve<F>
    {
        var size = powers.Length;
        var values = Array.ConvertAll(powers, point => point.ToProjective());
        Reverse(values);
        var root = Fr.FromUInt64(5).Pow(Exponents.Limbs((Fr.Modulus - 1) / size)).Invert();
        for (var half = 1; half < size; half *= 2)
        {
            var step = root.Pow((ulong)(size / (2 * half)));
            var twiddles = new Fr[half];
            twiddles[0] = Fr.One;
            for (var i = 1; i < half; i++)
            {
                twiddles[i] = twiddles[i - 1] * step;
            }

            var reach = half;
            Parallel.For(0, size / 2, pair =>
            {
                var at = (pair / reach * 2 * reach) + (pair % reach);
                var other = values[at + reach].Times(twiddles[pair % reach].ToLimbs());
                (values[at], values[at + reach]) = (values[at] + other, values[at] + -other);
            });
        }

        var scale = Fr.FromUInt64((ulong)size).Invert().ToLimbs();
        var points = new Affine<F, TCurve>[size];
        Parallel.For(0, size, i => points[i] = values[i].Times(scale).ToAffine());
        return points;
    }

    static void Reverse<T>(T[] values)
    {
        for (int i = 1, j = 0; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j) (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
