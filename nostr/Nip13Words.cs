using System.Globalization;
using System.Numerics;

namespace PoA.Nostr;

/// <summary>Proof of work (NIP-13): leading zero bits of the id, and the target that the nonce commits to.</summary>
public static class Nip13Words
{
    const int Stride = 4_096;

    /// <summary>Leading zero bits of an id of 64 hex digits: 0 to 256.</summary>
    public static int Bits(string id)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (!Hex.TryDecode(id, bytes)) return 0;

        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != 0) return (at * 8) + BitOperations.LeadingZeroCount(bytes[at]) - 24;
        }

        return 256;
    }

    /// <summary>
    /// The work that counts: no more than the author committed to, so that luck at a lower target buys nothing. An
    /// event without a commitment counts nothing.
    /// </summary>
    public static int CommittedBits(NostrEvent value)
    {
        foreach (var tag in value.TagsNamed("nonce"))
        {
            return tag.Length > 2
                && int.TryParse(tag[2], NumberStyles.None, CultureInfo.InvariantCulture, out var target)
                    ? Math.Min(target, Bits(value.Id))
                    : 0;
        }

        return 0;
    }

    /// <summary>
    /// Mines on the calling thread: the template with a nonce tag under which its id has that many zero bits.
    /// </summary>
    /// <param name="pubkey">The author, who signs afterwards.</param>
    /// <param name="template">A nonce tag in it is replaced.</param>
    /// <param name="bits">Each one doubles the work.</param>
    /// <param name="ct">Looked at every few thousand tries.</param>
    public static EventTemplate Mine(string pubkey, EventTemplate template, int bits, CancellationToken ct)
    {
        string[] nonce = ["nonce", "0", bits.ToString(CultureInfo.InvariantCulture)];
        var mined = template with { Tags = [.. template.Tags.Where(tag => tag is not ["nonce", ..]), nonce] };
        Span<byte> id = stackalloc byte[32];
        for (var attempt = 0L; ; attempt++)
        {
            if (attempt % Stride == 0) ct.ThrowIfCancellationRequested();
            nonce[1] = attempt.ToString(CultureInfo.InvariantCulture);
            CanonicalForm.Id(pubkey, mined.CreatedAt, mined.Kind, mined.Tags, mined.Content, id);
            if (HasBits(id, bits)) return mined;
        }
    }

    static bool HasBits(ReadOnlySpan<byte> id, int bits)
    {
        if (id[..(bits / 8)].ContainsAnyExcept((byte)0)) return false;
        return bits % 8 == 0 || id[bits / 8] >> (8 - (bits % 8)) == 0;
    }
}
