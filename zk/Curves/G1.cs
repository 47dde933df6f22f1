using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>The first group. The curve has prime order r: what is on the curve is in the group.</summary>
public static class G1
{
    public static G1Affine Generator => new(Fq.One, Fq.Two);
}

/// <summary>y² = x³ + 3 over Fq, for one point or several side by side.</summary>
public readonly struct G1<F> : ICurve<F>
    where F : unmanaged, IField<F>
{
    public static F B => F.FromBigInteger(3);

    public static F TimesB3(in F a) => a.Twice().Twice().Twice() + a;
}
