using System.Runtime.InteropServices;

namespace PoA.Nostr.Crypto;

/// <summary>
/// ECDSA over secp256k1 as BOLT 11 and LUD-04 use it: signatures are 64 bytes (r ‖ s), hashes 32. Whatever is
/// malformed is false or null.
/// </summary>
public static unsafe partial class Ecdsa
{
    /// <summary>Signs deterministically (RFC 6979) with low s; says which of the four keys it recovers to.</summary>
    public static bool SignRecoverable(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash, Span<byte> signature, out int recoveryId)
    {
        recoveryId = 0;
        if (secret.Length != 32 || hash.Length != 32 || signature.Length != 64) return false;
        RecoverableSignature signed;
        int id;
        fixed (byte* k = secret, h = hash, s = signature)
        {
            if (secp256k1_ecdsa_sign_recoverable(Secp256k1.Context, &signed, h, k, null, null) != 1
                || secp256k1_ecdsa_recoverable_signature_serialize_compact(Secp256k1.Context, s, &id, &signed) != 1)
            {
                return false;
            }
        }

        recoveryId = id;
        return true;
    }

    /// <summary>The key that made this signature, or null.</summary>
    public static CurvePoint? Recover(ReadOnlySpan<byte> signature, int recoveryId, ReadOnlySpan<byte> hash)
    {
        if (signature.Length != 64 || hash.Length != 32 || recoveryId is < 0 or > 3) return null;
        RecoverableSignature parsed;
        Secp256k1.Point point;
        fixed (byte* s = signature, h = hash)
        {
            return secp256k1_ecdsa_recoverable_signature_parse_compact(Secp256k1.Context, &parsed, s, recoveryId) == 1
                && secp256k1_ecdsa_recover(Secp256k1.Context, &point, &parsed, h) == 1
                ? CurvePoint.FromRaw(point)
                : null;
        }
    }

    /// <summary>False for a signature with high s too: see <see cref="Normalize"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> hash, CurvePoint key)
    {
        if (signature.Length != 64 || hash.Length != 32) return false;
        Signature parsed;
        var point = key.Raw;
        fixed (byte* s = signature, h = hash)
        {
            return secp256k1_ecdsa_signature_parse_compact(Secp256k1.Context, &parsed, s) == 1
                && secp256k1_ecdsa_verify(Secp256k1.Context, &parsed, h, &point) == 1;
        }
    }

    /// <summary>The 64 bytes of a DER signature; s stays as it is.</summary>
    public static bool FromDer(ReadOnlySpan<byte> der, Span<byte> signature)
    {
        if (der.Length is < 8 or > 80 || signature.Length != 64) return false;
        Signature parsed;
        fixed (byte* d = der, s = signature)
        {
            return secp256k1_ecdsa_signature_parse_der(Secp256k1.Context, &parsed, d, (nuint)der.Length) == 1
                && secp256k1_ecdsa_signature_serialize_compact(Secp256k1.Context, s, &parsed) == 1;
        }
    }

    /// <summary>Replaces a high s by its negative, which signs the same. False when this is no signature.</summary>
    public static bool Normalize(Span<byte> signature)
    {
        if (signature.Length != 64) return false;
        Signature parsed, low;
        fixed (byte* s = signature)
        {
            if (secp256k1_ecdsa_signature_parse_compact(Secp256k1.Context, &parsed, s) != 1) return false;
            _ = secp256k1_ecdsa_signature_normalize(Secp256k1.Context, &low, &parsed);
            return secp256k1_ecdsa_signature_serialize_compact(Secp256k1.Context, s, &low) == 1;
        }
    }

    [StructLayout(LayoutKind.Sequential)] struct Signature { fixed byte _bytes[64]; }

    [StructLayout(LayoutKind.Sequential)] struct RecoverableSignature { fixed byte _bytes[65]; }

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_sign_recoverable(
        nint context, RecoverableSignature* signature, byte* hash, byte* secret, void* nonce, void* data);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        nint context, byte* output, int* recoveryId, RecoverableSignature* signature);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(
        nint context, RecoverableSignature* signature, byte* input, int recoveryId);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_recover(
        nint context, Secp256k1.Point* key, RecoverableSignature* signature, byte* hash);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_signature_parse_compact(
        nint context, Signature* signature, byte* input);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_signature_serialize_compact(
        nint context, byte* output, Signature* signature);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_signature_parse_der(
        nint context, Signature* signature, byte* input, nuint length);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_signature_normalize(
        nint context, Signature* output, Signature* input);

    [LibraryImport(Secp256k1.Library)]
    private static partial int secp256k1_ecdsa_verify(
        nint context, Signature* signature, byte* hash, Secp256k1.Point* key);
}
