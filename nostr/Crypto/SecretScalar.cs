using System.Runtime.InteropServices;

namespace PoA.Nostr.Crypto;

/// <summary>
/// Arithmetic on 32 secret bytes modulo the order of the curve, in place and in constant time. False when the result
/// would be no secret key, or an operand was none; the first operand is then wiped.
/// </summary>
public static unsafe partial class SecretScalar
{
    /// <summary>secret := secret + tweak. The tweak may be zero.</summary>
    public static bool Add(Span<byte> secret, ReadOnlySpan<byte> tweak)
    {
        if (secret.Length != 32 || tweak.Length != 32) return false;
        fixed (byte* k = secret, t = tweak)
        {
            return secp256k1_ec_seckey_tweak_add(Secp256k1.Context, k, t) == 1;
        }
    }

    /// <summary>secret := secret · tweak. The tweak may not be zero.</summary>
    public static bool Multiply(Span<byte> secret, ReadOnlySpan<byte> tweak)
    {
        if (secret.Length != 32 || tweak.Length != 32) return false;
        fixed (byte* k = secret, t = tweak)
        {
            return secp256k1_ec_seckey_tweak_mul(Secp256k1.Context, k, t) == 1;
        }
    }

    /// <summary>secret := −secret.</summary>
    public static bool Negate(Span<byte> secret)
    {
        if (secret.Length != 32) return false;
        fixed (byte* k = secret)
        {
            return secp256k1_ec_seckey_negate(Secp256k1.Context, k) == 1;
        }
    }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_seckey_tweak_add(nint context, byte* secret, byte* tweak);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_seckey_tweak_mul(nint context, byte* secret, byte* tweak);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ec_seckey_negate(nint context, byte* secret);
}
