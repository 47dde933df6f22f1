using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Ledger;

/// <summary>Ids that follow from their cause (RFC 9562 §5.5): the same deed has the same id for ever.</summary>
public static class Uuid5
{
    static readonly Guid Space = new("5d4f5a1e-6a0c-5b51-9c43-2f1f6d0f7a11");

    /// <param name="name">What is done: <c>settle</c>, <c>fee</c>, <c>refund</c>. Without a colon.</param>
    /// <param name="subject">To what: a job id, a payment id.</param>
    public static Guid Of(string name, string subject) => Of(Space, $"{name}:{subject}");

    [SuppressMessage("Security", "CA5350", Justification = "Version 5 is SHA-1; it names here, it protects nothing.")]
    internal static Guid Of(Guid space, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(hash[..16], bigEndian: true);
    }
}
