using System.Buffers.Binary;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Lightning;

/// <summary>The tagged fields of an invoice (BOLT 11 § Tagged Fields): five bits of type, ten of length.</summary>
sealed class Bolt11Fields
{
    const string Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const int HashWords = 52;
    const int KeyWords = 53;
    const int HopBytes = 51;

    /// <summary>An address of every kind and some routes; nobody needs more.</summary>
    const int RepeatsMax = 20;

    /// <summary>
    /// Bits of BOLT 9 that we understand when they are demanded: onion with variable length, payment secret, several
    /// parts, route blinding, payment metadata.
    /// </summary>
    static readonly int[] KnownFeatures = [8, 14, 16, 24, 48];

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly List<IReadOnlyList<Bolt11Hop>> _routes = [];
    readonly List<Bolt11Fallback> _fallbacks = [];
    readonly HashSet<char> _seen = [];
    string? _description;
    string? _descriptionHash;
    string? _metadata;
    long _expiry = Bolt11Invoice.UsualExpiry;
    long _cltv = Bolt11Invoice.UsualCltvDelta;
    List<int> _features = [];

    public Bolt11Fields(ReadOnlySpan<byte> words)
    {
        AreWhole = true;
        while (words.Length > 0 && AreWhole)
        {
            if (words.Length < 3 || words.Length - 3 < (words[1] << 5) + words[2])
            {
                AreWhole = false;
                return;
            }

            var length = (words[1] << 5) + words[2];
            AreWhole = Take(Letters[words[0]], words.Slice(3, length));
            words = words[(3 + length)..];
        }
    }

    /// <summary>False when a field is cut off, is not of its fixed length, or cannot be what it says.</summary>
    public bool AreWhole { get; }

    public string? PaymentHash { get; private set; }

    public string? PaymentSecret { get; private set; }

    /// <summary>Field n, hex.</summary>
    public string? Node { get; private set; }

    /// <summary>§ Requirements: what a reader must not pay.</summary>
    public Problem? Refuse() =>
        PaymentHash is null ? LightningProblems.NotAnInvoice with { Detail = "It has no payment hash." } :
        PaymentSecret is null ? LightningProblems.NotAnInvoice with { Detail = "It has no payment secret." } :
        _description is null == _descriptionHash is null
            ? LightningProblems.NotAnInvoice with { Detail = "It needs a description or the hash of one." } :
        _features.Find(bit => bit % 2 == 0 && !KnownFeatures.Contains(bit)) is > 0 and var unknown
            ? LightningProblems.UnknownFeature with { Detail = $"It is bit {unknown}." } :
        null;

    public Bolt11Invoice Complete(Bolt11Invoice invoice) => invoice with
    {
        Description = _description,
        DescriptionHash = _descriptionHash,
        ExpirySeconds = _expiry,
        FinalCltvDelta = _cltv,
        Features = _features,
        Metadata = _metadata,
        Routes = _routes,
        Fallbacks = _fallbacks,
    };

    public static void Write(List<byte> words, Bolt11Invoice invoice, byte[]? node)
    {
        Put(words, 's', Bech32.ToWords(Convert.FromHexString(invoice.PaymentSecret)));
        Put(words, 'p', Bech32.ToWords(Convert.FromHexString(invoice.PaymentHash)));
        if (invoice.Description is { } description) Put(words, 'd', Bech32.ToWords(Strict.GetBytes(description)));
        if (invoice.DescriptionHash is { } hash) Put(words, 'h', Bech32.ToWords(Convert.FromHexString(hash)));
        if (invoice.Metadata is { } metadata) Put(words, 'm', Bech32.ToWords(Convert.FromHexString(metadata)));
        if (node is not null) Put(words, 'n', Bech32.ToWords(node));
        if (invoice.ExpirySeconds != Bolt11Invoice.UsualExpiry) Put(words, 'x', Bolt11.Words(invoice.ExpirySeconds));
        if (invoice.FinalCltvDelta is not Bolt11Invoice.UsualCltvDelta and var blocks)
        {
            Put(words, 'c', Bolt11.Words(blocks));
        }

        foreach (var fallback in invoice.Fallbacks)
        {
            Put(words, 'f', [(byte)fallback.Version, .. Bech32.ToWords(fallback.Program)]);
        }

        foreach (var route in invoice.Routes) Put(words, 'r', Bech32.ToWords([.. route.SelectMany(Write)]));
        if (invoice.Features.Count == 0) return;
        var bits = new byte[(invoice.Features.Max() / 5) + 1];
        foreach (var bit in invoice.Features) bits[^((bit / 5) + 1)] |= (byte)(1 << (bit % 5));
        Put(words, '9', bits);
    }

    static void Put(List<byte> words, char letter, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, 1_023);
        words.AddRange([(byte)Letters.IndexOf(letter, StringComparison.Ordinal), (byte)(data.Length >> 5)]);
        words.Add((byte)(data.Length & 31));
        words.AddRange(data);
    }

    static byte[] Write(Bolt11Hop hop)
    {
        var bytes = new byte[HopBytes];
        Convert.FromHexString(hop.Node).CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(33), hop.ShortChannelId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(41), hop.FeeBaseMsat);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(45), hop.FeePpm);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(49), hop.CltvDelta);
        return bytes;
    }

    bool Take(char letter, ReadOnlySpan<byte> data) => letter switch
    {
        'p' => Once(letter) && (PaymentHash = Hash(data)) is not null,
        's' => Once(letter) && (PaymentSecret = Hash(data)) is not null,
        'h' => Once(letter) && (_descriptionHash = Hash(data)) is not null,
        'd' => Once(letter) && (_description = Text(data)) is not null,
        'm' => Once(letter) && (_metadata = Bytes(data)) is not null,
        'n' => Once(letter) && data.Length == KeyWords && (Node = Bytes(data)) is not null,
        'x' => Once(letter) && IsMinimal(data) && (_expiry = Bolt11.Number(data)) is >= 0 and <= uint.MaxValue,
        'c' => Once(letter) && IsMinimal(data) && (_cltv = Bolt11.Number(data)) is >= 0 and <= uint.MaxValue,
        '9' => Once(letter) && IsMinimal(data) && Features(data),
        'f' => Fallback(data),
        'r' => Route(data),
        _ => true,
    };

    bool Once(char letter) => _seen.Add(letter);

    static string? Hash(ReadOnlySpan<byte> data) => data.Length == HashWords ? Bytes(data) : null;

    static string? Bytes(ReadOnlySpan<byte> data) =>
        Bech32.TryToBytes(data, out var bytes) ? Convert.ToHexStringLower(bytes) : null;

    static string? Text(ReadOnlySpan<byte> data)
    {
        try
        {
            return Bech32.TryToBytes(data, out var bytes) ? Strict.GetString(bytes) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Nothing, or a first word that is not zero.</summary>
    static bool IsMinimal(ReadOnlySpan<byte> data) => data.Length == 0 || data[0] != 0;

    bool Features(ReadOnlySpan<byte> data)
    {
        for (var bit = 0; bit < data.Length * 5; bit++)
        {
            if (((data[data.Length - 1 - (bit / 5)] >> (bit % 5)) & 1) == 1) _features.Add(bit);
        }

        return true;
    }

    /// <summary>Versions that nobody knows are skipped.</summary>
    bool Fallback(ReadOnlySpan<byte> data)
    {
        if (data.Length == 0 || _fallbacks.Count >= RepeatsMax) return false;
        if (data[0] is > 16 and not (17 or 18)) return true;
        if (!Bech32.TryToBytes(data[1..], out var program)) return false;
        _fallbacks.Add(new(data[0], program));
        return true;
    }

    bool Route(ReadOnlySpan<byte> data)
    {
        if (!Bech32.TryToBytes(data, out var bytes) || bytes.Length == 0 || bytes.Length % HopBytes != 0) return false;
        if (_routes.Count >= RepeatsMax) return false;
        _routes.Add([.. bytes.Chunk(HopBytes).Select(hop => new Bolt11Hop(
            Convert.ToHexStringLower(hop, 0, 33), BinaryPrimitives.ReadUInt64BigEndian(hop.AsSpan(33)),
            BinaryPrimitives.ReadUInt32BigEndian(hop.AsSpan(41)), BinaryPrimitives.ReadUInt32BigEndian(hop.AsSpan(45)),
            BinaryPrimitives.ReadUInt16BigEndian(hop.AsSpan(49))))]);
        return true;
    }
}
