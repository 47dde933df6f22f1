namespace PoA.Nostr.Zk.Fields;

/// <summary>A prime below 2^254, as constants that the compiler folds into the code of each field.</summary>
public interface IModulus
{
    /// <summary>The prime p, least significant limb first.</summary>
    static abstract Limbs P { get; }

    /// <summary>−1/p mod 2^64.</summary>
    static abstract ulong Inverse64 { get; }

    /// <summary>2^256 mod p: one, in Montgomery form.</summary>
    static abstract Limbs R { get; }

    /// <summary>2^512 mod p: brings a number into Montgomery form.</summary>
    static abstract Limbs RSquared { get; }
}

/// <summary>256 bits, least significant limb first.</summary>
public readonly record struct Limbs(ulong L0, ulong L1, ulong L2, ulong L3);

/// <summary>r, the order of the groups of BN254: numbers in circuits, scalars of points.</summary>
public readonly struct ScalarModulus : IModulus
{
    public static Limbs P => new(0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029);

    public static ulong Inverse64 => 0xc2e1f593efffffff;

    public static Limbs R => new(0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f);

    public static Limbs RSquared =>
        new(0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5);
}

/// <summary>q, the prime over which BN254 is drawn: coordinates of points.</summary>
public readonly struct BaseModulus : IModulus
{
    public static Limbs P => new(0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029);

    public static ulong Inverse64 => 0x87d20782e4866389;

    public static Limbs R => new(0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f);

    public static Limbs RSquared =>
        new(0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f);
}
