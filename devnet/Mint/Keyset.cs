using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>What a keyset is made from; its keys follow from the mint's seed.</summary>
sealed record KeysetTerms(int Index, int Version, int InputFeePpk, long? FinalExpiry = null);

/// <summary>One key for each power of two up to 2^63 (NUT-01), under an id that anyone can compute (NUT-02).</summary>
sealed class Keyset
{
    public const string Unit = "sat";
    readonly Dictionary<ulong, byte[]> _secrets = [];

    public Keyset(ReadOnlySpan<byte> seed, KeysetTerms terms)
    {
        Terms = terms;
        SortedDictionary<ulong, string> keys = [];
        for (var power = 0; power < 64; power++)
        {
            var amount = 1UL << power;
            var secret = Bdhke.Derive(seed, terms.Index, amount);
            _secrets[amount] = secret;
            keys[amount] = CurvePoint.OfSecret(secret)!.ToHex();
        }

        Keys = keys;
        Id = terms.Version == 0 ? IdOf00(keys) : IdOf01(keys, terms);
    }

    public KeysetTerms Terms { get; }
    public string Id { get; }
    public IReadOnlyDictionary<ulong, string> Keys { get; }

    /// <summary>One of them is; those before it still buy (NUT-02 §Active keysets).</summary>
    public bool Active { get; set; } = true;

    public byte[]? SecretOf(ulong amount) => _secrets.GetValueOrDefault(amount);

    /// <summary>NUT-02 §Keyset ID V2.</summary>
    internal static string IdOf01(IReadOnlyDictionary<ulong, string> keys, KeysetTerms terms)
    {
        var pairs = keys.OrderBy(key => key.Key)
            .Select(key => string.Create(CultureInfo.InvariantCulture, $"{key.Key}:{key.Value}"));
        var text = new StringBuilder().AppendJoin(',', pairs).Append("|unit:").Append(Unit);
        if (terms.InputFeePpk > 0) text.Append(CultureInfo.InvariantCulture, $"|input_fee_ppk:{terms.InputFeePpk}");
        if (terms.FinalExpiry is { } expiry) text.Append(CultureInfo.InvariantCulture, $"|final_expiry:{expiry}");
        return "01" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>NUT-02 §V1 Keysets.</summary>
    internal static string IdOf00(IReadOnlyDictionary<ulong, string> keys)
    {
        var joined = string.Concat(keys.OrderBy(key => key.Key).Select(key => key.Value));
        return "00" + Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(joined)))[..14];
    }
}
