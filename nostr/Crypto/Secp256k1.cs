using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PoA.Nostr.Crypto;

/// <summary>The curve, by the library that Bitcoin Core uses. One randomised context serves every thread.</summary>
public static unsafe partial class Secp256k1
{
    internal const string Library = "secp256k1";
    const uint ContextNone = 1;
    static readonly string[] Names =
    [
        "libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5", "libsecp256k1.so.6", "libsecp256k1.so",
        "libsecp256k1.dylib", "/opt/homebrew/lib/libsecp256k1.dylib", "libsecp256k1-5.dll", "secp256k1",
    ];

    /// <summary>Shared by the classes beside this one. Reading it loads the library.</summary>
    internal static readonly nint Context = Create();

    static nint Create()
    {
        NativeLibrary.SetDllImportResolver(typeof(Secp256k1).Assembly, Resolve);
        var context = secp256k1_context_create(ContextNone);
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        fixed (byte* p = seed)
        {
            var randomised = secp256k1_context_randomize(context, p) == 1;
            if (!randomised) throw new CryptographicException("Context not randomised.");
        }

        return context;
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle)) return handle;
        }

        throw new DllNotFoundException(
            "libsecp256k1 is missing. Debian and Ubuntu: apt-get install libsecp256k1-1 (or libsecp256k1-2). " +
            "macOS: brew install secp256k1.");
    }

    /// <summary>BIP-340 verification. False for any malformed input too.</summary>
    /// <param name="signature">64 bytes.</param>
    /// <param name="message">32 bytes.</param>
    /// <param name="publicKey">32 bytes, x-only.</param>
    public static bool SchnorrVerify(
        ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        if (signature.Length != 64 || message.Length != 32 || publicKey.Length != 32) return false;
        XOnly key;
        fixed (byte* s = signature, m = message, p = publicKey)
        {
            return secp256k1_xonly_pubkey_parse(Context, &key, p) == 1
                && secp256k1_schnorrsig_verify(Context, s, m, 32, &key) == 1;
        }
    }

    /// <summary>BIP-340 signature, 64 bytes, over 32 bytes, with fresh auxiliary randomness.</summary>
    public static void SchnorrSign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> aux = stackalloc byte[32];
        RandomNumberGenerator.Fill(aux);
        SchnorrSign(secret, message, aux, signature);
    }

    /// <summary>The same with auxiliary bytes of the caller's: equal ones make equal signatures.</summary>
    public static void SchnorrSign(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message, ReadOnlySpan<byte> aux, Span<byte> signature)
    {
        Require(secret.Length == 32 && message.Length == 32 && aux.Length == 32 && signature.Length == 64);
        KeyPair pair;
        fixed (byte* k = secret, m = message, s = signature, a = aux)
        {
            Require(secp256k1_keypair_create(Context, &pair, k) == 1);
            Require(secp256k1_schnorrsig_sign32(Context, s, m, &pair, a) == 1);
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(&pair, sizeof(KeyPair)));
    }

    /// <summary>The x-only public key (32 bytes) of a secret key.</summary>
    public static void XOnlyPublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey)
    {
        Require(secret.Length == 32 && publicKey.Length == 32);
        KeyPair pair;
        XOnly key;
        fixed (byte* k = secret, p = publicKey)
        {
            Require(secp256k1_keypair_create(Context, &pair, k) == 1);
            Require(secp256k1_keypair_xonly_pub(Context, &key, null, &pair) == 1);
            Require(secp256k1_xonly_pubkey_serialize(Context, p, &key) == 1);
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(&pair, sizeof(KeyPair)));
    }

    /// <summary>Whether 32 bytes are a secret key: not zero and below the order.</summary>
    public static bool IsSecretKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != 32) return false;
        fixed (byte* k = secret)
        {
            return secp256k1_ec_seckey_verify(Context, k) == 1;
        }
    }

    /// <summary>Whether 32 bytes are the x of a point of the curve.</summary>
    public static bool IsXOnlyPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 32) return false;
        XOnly key;
        fixed (byte* p = publicKey)
        {
            return secp256k1_xonly_pubkey_parse(Context, &key, p) == 1;
        }
    }

    /// <summary>The x coordinate of secret · (0x02 ‖ publicKey), unhashed, as NIP-04 and NIP-44 use it.</summary>
    public static bool SharedX(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey, Span<byte> shared)
    {
        if (secret.Length != 32 || publicKey.Length != 32 || shared.Length != 32) return false;
        Span<byte> even = stackalloc byte[33];
        even[0] = 2;
        publicKey.CopyTo(even[1..]);
        Point point;
        fixed (byte* e = even, k = secret, o = shared)
        {
            return secp256k1_ec_pubkey_parse(Context, &point, e, 33) == 1
                && secp256k1_ecdh(Context, o, &point, k, &CopyX, null) == 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    static int CopyX(byte* output, byte* x, byte* y, void* data)
    {
        new ReadOnlySpan<byte>(x, 32).CopyTo(new Span<byte>(output, 32));
        return 1;
    }

    static void Require(bool held)
    {
        if (!held) throw new CryptographicException("Not a valid secp256k1 key or buffer.");
    }

    [StructLayout(LayoutKind.Sequential)] struct XOnly { fixed byte _bytes[64]; }

    [StructLayout(LayoutKind.Sequential)] internal struct Point { fixed byte _bytes[64]; }

    [StructLayout(LayoutKind.Sequential)] struct KeyPair { fixed byte _bytes[96]; }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(nint context, byte* seed);

    [LibraryImport(Library)]
    private static partial int secp256k1_xonly_pubkey_parse(nint context, XOnly* key, byte* input);

    [LibraryImport(Library)]
    private static partial int secp256k1_xonly_pubkey_serialize(nint context, byte* output, XOnly* key);

    [LibraryImport(Library)]
    private static partial int secp256k1_schnorrsig_verify(
        nint context, byte* sig, byte* msg, nuint length, XOnly* key);

    [LibraryImport(Library)]
    private static partial int secp256k1_schnorrsig_sign32(
        nint context, byte* sig, byte* msg, KeyPair* pair, byte* aux);

    [LibraryImport(Library)]
    private static partial int secp256k1_keypair_create(nint context, KeyPair* pair, byte* secret);

    [LibraryImport(Library)]
    private static partial int secp256k1_keypair_xonly_pub(nint context, XOnly* key, int* parity, KeyPair* pair);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_seckey_verify(nint context, byte* secret);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_parse(nint context, Point* key, byte* input, nuint length);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdh(
        nint context, byte* output, Point* key, byte* secret,
        delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hash, void* data);
}
