using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// What a hash is for. The tag stands in the element of capacity, costs no row in a circuit, and keeps a leaf from
/// being read as a node or a commitment as a nullifier. A tag is the first 31 bytes of SHA-256("PoA.Nostr/zk/v1/" +
/// use), as a big-endian number; nodes of trees and EdDSA have tag 0, as circomlib has them.
/// </summary>
public static class DomainTag
{
    /// <summary>The public name of a subject: the hash of its secret, all that an issuer needs to know.</summary>
    public static Fr Subject { get; } = Of("subject");

    /// <summary>What makes a second use in one context show, and nothing else.</summary>
    public static Fr Nullifier { get; } = Of("nullifier");

    /// <summary>A statement of the platform about a subject's record.</summary>
    public static Fr Statement { get; } = Of("statement");

    /// <summary>A credential of six attributes.</summary>
    public static Fr Credential { get; } = Of("credential");

    /// <summary>A leaf of the attestation tree.</summary>
    public static Fr Leaf { get; } = Of("leaf");

    /// <summary>Where a proof is to be used: verifier, purpose, epoch.</summary>
    public static Fr Context { get; } = Of("context");

    public static Fr Of(string use)
    {
        Span<byte> bytes = stackalloc byte[Fr.Size];
        SHA256.HashData(Encoding.UTF8.GetBytes($"PoA.Nostr/zk/v1/{use}"), bytes);
        bytes[..^1].CopyTo(bytes[1..]);
        bytes[0] = 0;
        Fr.TryReadBigEndian(bytes, out var tag);
        return tag;
    }
}
