using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>y² = x³ + b. There is no a on BN254.</summary>
public interface ICurve<F>
    where F : unmanaged, IField<F>
{
    static abstract F B { get; }

    /// <summary>3b·a.</summary>
    static abstract F TimesB3(in F a);
}
