using System.Buffers.Binary;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr;

/// <summary>What a bech32 text points at (NIP-19). Secret keys are kept apart: they are no pointers.</summary>
public abstract record NostrEntity
{
    /// <summary>npub, and nprofile where relays are given.</summary>
    public sealed record Profile(string Pubkey, IReadOnlyList<string> Relays) : NostrEntity;

    /// <summary>note, and nevent where anything else is given.</summary>
    public sealed record Event(string Id, IReadOnlyList<string> Relays, string? Author = null, int? Kind = null)
        : NostrEntity;

    /// <summary>naddr: a replaceable or addressable event.</summary>
    public sealed record Address(int Kind, string Pubkey, string Identifier, IReadOnlyList<string> Relays)
        : NostrEntity;
}

/// <summary>Bech32 texts (NIP-19): npub, nsec, note, nprofile, nevent, naddr. At most 5,000 characters.</summary>
public static class Nip19Words
{
    const int CharsMax = 5_000;
    const byte Special = 0;
    const byte Relay = 1;
    const byte Author = 2;
    const byte Kind = 3;
    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static string Npub(string pubkey) => Bech32.Encode("npub", Convert.FromHexString(pubkey));

    /// <summary>A secret key in the open: for showing its owner, once.</summary>
    public static string Nsec(SecretKey key) => Bech32.Encode("nsec", key.Reveal());

    /// <summary>The shortest form that says all.</summary>
    /// <exception cref="ArgumentException">A relay or identifier is longer than 255 bytes.</exception>
    public static string Write(NostrEntity entity) => entity switch
    {
        NostrEntity.Profile { Relays: [] } profile => Npub(profile.Pubkey),
        NostrEntity.Profile profile => Bech32.Encode("nprofile", Tlv(profile.Pubkey, profile.Relays, null, null)),
        NostrEntity.Event { Relays: [], Author: null, Kind: null } note =>
            Bech32.Encode("note", Convert.FromHexString(note.Id)),
        NostrEntity.Event e => Bech32.Encode("nevent", Tlv(e.Id, e.Relays, e.Author, e.Kind)),
        NostrEntity.Address a => Bech32.Encode("naddr", Tlv(a.Identifier, a.Relays, a.Pubkey, a.Kind, isText: true)),
        _ => throw new ArgumentException("Not a entity.", nameof(entity)),
    };

    /// <summary>Null for anything else, for nsec too. Unknown TLVs are skipped, as the NIP asks.</summary>
    public static NostrEntity? TryRead(string text)
    {
        if (!Bech32.TryDecode(text, CharsMax, out var prefix, out var bytes)) return null;

        return prefix switch
        {
            "npub" => bytes.Length == 32 ? new NostrEntity.Profile(Convert.ToHexStringLower(bytes), []) : null,
            "note" => bytes.Length == 32 ? new NostrEntity.Event(Convert.ToHexStringLower(bytes), []) : null,
            "nprofile" or "nevent" or "naddr" => ReadTlv(prefix, bytes),
            _ => null,
        };
    }

    /// <summary>The key of an nsec, or of 64 hex digits. Null for anything else.</summary>
    public static SecretKey? TryReadSecret(string text)
    {
        var isNsec = Bech32.TryDecode(text, CharsMax, out var prefix, out var bytes) && prefix == "nsec";
        var secret = isNsec ? bytes : Hex.Decode(text) ?? [];
        return Secp256k1.IsSecretKey(secret) ? SecretKey.FromBytes(secret) : null;
    }

    /// <summary>The public key that a person may have pasted: hex, npub, nprofile, with or without nostr:.</summary>
    public static string? TryReadPubkey(string text) =>
        Hex.Is32(text) ? text :
        (Nip21Words.TryRead(text) ?? TryRead(text)) is NostrEntity.Profile profile ? profile.Pubkey :
        null;

    static NostrEntity? ReadTlv(string prefix, ReadOnlySpan<byte> bytes)
    {
        byte[]? special = null;
        string? author = null;
        int? kind = null;
        List<string> relays = [];
        while (bytes.Length >= 2)
        {
            var (type, length) = (bytes[0], bytes[1]);
            if (bytes.Length < 2 + length) return null;

            var value = bytes.Slice(2, length);
            if (type == Special) special ??= value.ToArray();
            else if (type == Relay) relays.Add(Encoding.UTF8.GetString(value));
            else if (type == Author && length == 32) author ??= Convert.ToHexStringLower(value);
            else if (type == Kind && length == 4)
            {
                kind ??= (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(value), Limits.KindMax + 1);
            }

            bytes = bytes[(2 + length)..];
        }

        if (special is null || !bytes.IsEmpty || kind > Limits.KindMax) return null;
        if (prefix == "naddr")
        {
            return author is null || kind is null ? null : Address(kind.Value, author, special, relays);
        }

        if (special.Length != 32) return null;

        var hex = Convert.ToHexStringLower(special);
        return prefix == "nprofile"
            ? new NostrEntity.Profile(hex, relays)
            : new NostrEntity.Event(hex, relays, author, kind);
    }

    static NostrEntity.Address? Address(int kind, string author, byte[] identifier, List<string> relays)
    {
        try
        {
            return new(kind, author, Utf8.GetString(identifier), relays);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static byte[] Tlv(
        string special, IReadOnlyList<string> relays, string? author, int? kind, bool isText = false)
    {
        List<byte> bytes = [];
        Add(bytes, Special, isText ? Encoding.UTF8.GetBytes(special) : Convert.FromHexString(special));
        foreach (var relay in relays) Add(bytes, Relay, Encoding.UTF8.GetBytes(relay));
        if (author is not null) Add(bytes, Author, Convert.FromHexString(author));
        if (kind is { } number)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(four, number);
            Add(bytes, Kind, four);
        }

        return [.. bytes];
    }

    static void Add(List<byte> to, byte type, ReadOnlySpan<byte> value)
    {
        if (value.Length > 255) throw new ArgumentException("A TLV value has at most 255 bytes.");
        to.Add(type);
        to.Add((byte)value.Length);
        to.AddRange(value);
    }
}
