namespace PoA.Nostr.Zk.Fields;

/// <summary>A prime below 2^254, as constants that the compiler folds into the code of each field.</summary>
public interface IModulus
{
    /// <summary>The prime p.</summary>
    static abstract Limbs P { get; }

    /// <summary>−1/p mod 2^64.</summary>
    static abstract ulong Inverse64 { get; }

    /// <summary>2^256 mod p: one, in Montgomery form.</summary>
    static abstract Limbs R { get; }

    /// <summary>2^512 mod p: brings a number into Montgomery form.</summary>
    static abstract Limbs RSquared { get; }

    /// <summary>−1/p mod 2^52.</summary>
    static abstract ulong Inverse52 { get; }

    /// <summary>The number M for which p · <see cref="Inverse52"/> = 2^52 · M − 1.</summary>
    static abstract Limbs52 M { get; }

    /// <summary>2^260 mod p: one, in the Montgomery form of the lanes.</summary>
    static abstract Limbs52 LaneR { get; }
}

/// <summary>256 bits, least significant limb first.</summary>
public readonly record struct Limbs(ulong L0, ulong L1, ulong L2, ulong L3);

/// <summary>260 bits in limbs of 52, least significant limb first.</summary>
public readonly record struct Limbs52(ulong L0, ulong L1, ulong L2, ulong L3, ulong L4);

/// <summary>r, the order of the groups of BN254: numbers in circuits, scalars of points.</summary>
public readonly struct ScalarModulus : IModulus
{
    public static Limbs P => new(0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029);

    public static ulong Inverse64 => 0xc2e1f593efffffff;

    public static Limbs R => new(0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f);

    public static Limbs RSquared =>
        new(0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5);

    public static ulong Inverse52 => 0x1f593efffffff;

    public static Limbs52 M =>
        new(0x82e644ee4c3d2, 0xf93893c98b1de, 0xd46fe04d0a4c7, 0x8f0aad55e2a1f, 0x5ed0447de83);

    public static Limbs52 LaneR =>
        new(0xb6b753fffffac, 0x380f271055b9d, 0x18f016ecef7c8, 0x724f85a9201d8, 0x1f16424e1bb7);
}

/// <summary>q, the prime over which BN254 is drawn: coordinates of points.</summary>
public readonly struct BaseModulus : IModulus
{
    public static Limbs P => new(0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029);

    public static ulong Inverse64 => 0x87d20782e4866389;

    public static Limbs R => new(0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f);

    public static Limbs RSquared =>
        new(0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f);

    public static ulong Inverse52 => 0x20782e4866389;

    public static Limbs52 M =>
        new(0xc93a3dee22c55, 0xe15f4ea250777, 0x37f0b49e7cd63, 0x2079e650a0895, 0x6234192d7a1);

    public static Limbs52 LaneR =>
        new(0x20880f6fce4b4, 0x49baa989a8455, 0x18f014a498908, 0x724f85a9201d8, 0x1f16424e1bb7);
}
