using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Agents;

/// <summary>
/// Seals agents' secrets with AES-256-GCM: each under its agent's data key, each data key under the master key. The
/// associated data names table, agent and secret, so that a row copied to another place does not open there.
/// A sealed value is a version byte, the nonce, the tag and the ciphertext.
/// </summary>
public sealed class Vault : IDisposable
{
    const byte Version = 1;
    const int KeyBytes = 32;
    const int NonceBytes = 12;
    const int TagBytes = 16;
    const int HeadBytes = 1 + NonceBytes + TagBytes;

    readonly AesGcm _master;

    public Vault(IOptions<MarketOptions> options)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        if (!Hex.TryDecode(options.Value.MasterKey, key)) throw new ProblemException(AgentProblems.MasterKeyMissing);
        _master = new(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>A new data key for this agent, wrapped.</summary>
    public byte[] NewDataKey(string agent)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(key);
        var wrapped = Seal(_master, key, "market.agent_vault", agent, "data_key");
        CryptographicOperations.ZeroMemory(key);
        return wrapped;
    }

    public byte[] Seal(string agent, byte[] dataKey, string name, ReadOnlySpan<byte> secret)
    {
        using var cipher = Unwrap(agent, dataKey);
        return Seal(cipher, secret, "market.agent_secret", agent, name);
    }

    /// <summary>The secret in the clear; wipe it after use. Throws a problem when anything was altered.</summary>
    public byte[] Open(string agent, byte[] dataKey, string name, byte[] sealedSecret)
    {
        using var cipher = Unwrap(agent, dataKey);
        return Open(cipher, sealedSecret, "market.agent_secret", agent, name);
    }

    AesGcm Unwrap(string agent, byte[] dataKey)
    {
        var key = Open(_master, dataKey, "market.agent_vault", agent, "data_key");
        try
        {
            return new(key, TagBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    static byte[] Seal(AesGcm cipher, ReadOnlySpan<byte> secret, string table, string agent, string name)
    {
        var result = new byte[HeadBytes + secret.Length];
        result[0] = Version;
        var nonce = result.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var tag = result.AsSpan(1 + NonceBytes, TagBytes);
        cipher.Encrypt(nonce, secret, result.AsSpan(HeadBytes), tag, Row(table, agent, name));
        return result;
    }

    static byte[] Open(AesGcm cipher, ReadOnlySpan<byte> value, string table, string agent, string name)
    {
        if (value.Length < HeadBytes || value[0] != Version)
        {
            throw new ProblemException(AgentProblems.SecretUnreadable);
        }

        var secret = new byte[value.Length - HeadBytes];
        try
        {
            cipher.Decrypt(
                value.Slice(1, NonceBytes), value[HeadBytes..], value.Slice(1 + NonceBytes, TagBytes), secret,
                Row(table, agent, name));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new ProblemException(AgentProblems.SecretUnreadable);
        }
    }

    /// <summary>Each part with its length, so that no two rows share their bytes.</summary>
    static byte[] Row(params ReadOnlySpan<string> parts)
    {
        using var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
            bytes.Write(length);
            bytes.Write(text);
        }

        return bytes.ToArray();
    }

    public void Dispose() => _master.Dispose();
}
