using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>The second group: points of order r on the twist, whose order is r times a cofactor of 254 bits.</summary>
public static class G2
{
    public static G2Affine Generator { get; } = new(
        new(
            Fq.Parse("10857046999023057135944570762232829481370756359578518086990519993285655852781"),
            Fq.Parse("11559732032986387107991004021392285783925812861821192530917403151452391805634")),
        new(
            Fq.Parse("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
            Fq.Parse("4082367875863433681332203403145435568316851327593401208105741076214120093531")));

    /// <summary>
    /// Whether a point on the twist has order r: [x+1]Q + ψ([x]Q) + ψ²([x]Q) = ψ³([2x]Q) (eprint 2022/352 §4).
    /// Infinity has.
    /// </summary>
    public static bool IsInSubgroup(in G2Affine point)
    {
        if (!point.IsOnCurve) return false;

        const ulong x = 4_965_661_367_192_848_881;
        var q = point.ToProjective();
        var xq = q.Times(new(x, 0, 0, 0));
        var once = Psi<Fq>.Map(xq);
        var twice = Psi<Fq>.Map(once);
        var difference = xq + q + once + twice + -Psi<Fq>.Map(twice.Twice());
        return difference.IsInfinity();
    }
}

/// <summary>y² = x³ + 3/ξ, the sextic twist of <see cref="G1{F}"/>, for one point or several side by side.</summary>
public readonly struct G2<F> : ICurve<Fe2<F>>
    where F : unmanaged, IField<F>
{
    static readonly Fe2<F> Coefficient = Fe2<F>.FromBigInteger(3) * Fe2<F>.Xi.Invert();
    static readonly Fe2<F> Three = Coefficient.Twice() + Coefficient;

    public static Fe2<F> B => Coefficient;

    public static Fe2<F> TimesB3(in Fe2<F> a) => a * Three;
}
