namespace PoA.Nostr.Zk.Fields;

/// <summary>C0 + C1·v + C2·v² with v³ = ξ.</summary>
public readonly record struct Fe6<F>(Fe2<F> C0, Fe2<F> C1, Fe2<F> C2)
    where F : unmanaged, IField<F>
{
    public static Fe6<F> Zero => default;

    public static Fe6<F> One => new(Fe2<F>.One, default, default);

    public static Fe6<F> operator +(in Fe6<F> a, in Fe6<F> b) => new(a.C0 + b.C0, a.C1 + b.C1, a.C2 + b.C2);

    public static Fe6<F> operator -(in Fe6<F> a, in Fe6<F> b) => new(a.C0 - b.C0, a.C1 - b.C1, a.C2 - b.C2);

    public static Fe6<F> operator -(in Fe6<F> a) => new(-a.C0, -a.C1, -a.C2);

    /// <summary>Karatsuba's six products for nine.</summary>
    public static Fe6<F> operator *(in Fe6<F> a, in Fe6<F> b)
    {
        var t0 = a.C0 * b.C0;
        var t1 = a.C1 * b.C1;
        var t2 = a.C2 * b.C2;
        return new(
            (((a.C1 + a.C2) * (b.C1 + b.C2)) - t1 - t2).TimesXi() + t0,
            ((a.C0 + a.C1) * (b.C0 + b.C1)) - t0 - t1 + t2.TimesXi(),
            ((a.C0 + a.C2) * (b.C0 + b.C2)) - t0 - t2 + t1);
    }

    /// <summary>a·(b0 + b1·v): six products in three sums.</summary>
    public Fe6<F> TimesSparse(in Fe2<F> b0, in Fe2<F> b1, in Fe2<F> xiB1) => new(
        Fe2<F>.MultiplyAdd(C0, b0, C2, xiB1), Fe2<F>.MultiplyAdd(C1, b0, C0, b1), Fe2<F>.MultiplyAdd(C2, b0, C1, b1));

    /// <summary>v·a.</summary>
    public Fe6<F> TimesV() => new(C2.TimesXi(), C0, C1);

    /// <summary>The product of the other two conjugates over Fe2, divided by the norm.</summary>
    public Fe6<F> Invert()
    {
        var t0 = C0.Square() - (C1 * C2).TimesXi();
        var t1 = C2.Square().TimesXi() - (C0 * C1);
        var t2 = C1.Square() - (C0 * C2);
        var norm = (C0 * t0) + ((C2 * t1) + (C1 * t2)).TimesXi();
        var inverse = norm.Invert();
        return new(t0 * inverse, t1 * inverse, t2 * inverse);
    }
}
