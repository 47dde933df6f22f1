using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>The keys that a mint signs amounts with (NUT-01, NUT-02), checked against their id.</summary>
/// <param name="Id">In hex: 8 bytes in version 00, 33 in version 01.</param>
/// <param name="Unit"><c>sat</c>, <c>usd</c>…</param>
/// <param name="Active">Whether it signs new ecash.</param>
/// <param name="InputFeePpk">What spending one proof costs, in thousandths of the unit.</param>
/// <param name="FinalExpiry">Unix seconds after which the mint owes nothing for it.</param>
/// <param name="Keys">By amount, ascending; amounts reach 2⁶³.</param>
public sealed record Keyset(
    string Id, string Unit, bool Active, int InputFeePpk, long? FinalExpiry,
    IReadOnlyDictionary<ulong, CurvePoint> Keys)
{
    /// <summary>Keys of one keyset that we read.</summary>
    internal const int KeysMax = 256;

    /// <summary>Versions 00 and 01 are over secp256k1. Others exist (BLS12-381) and are none of ours.</summary>
    public static bool IsSupported(string id) =>
        Hex.Decode(id) is { } bytes
        && ((bytes is [0, ..] && bytes.Length == 8) || (bytes is [1, ..] && bytes.Length == 33));

    /// <summary>Whether tokens may name it in short; of a short id too.</summary>
    internal static bool IsShort(string id) => id.Length == 16 && id.StartsWith("01", StringComparison.Ordinal);

    /// <summary>
    /// Reads what a mint published. Problems: a key that is none, too many keys, and above all an id that is not the
    /// keys'.
    /// </summary>
    public static Keyset Check(
        string id, string unit, bool active, int inputFeePpk, long? finalExpiry,
        IReadOnlyDictionary<string, string> keys)
    {
        if (!IsSupported(id)) throw new ProblemException(CashuProblems.UnsupportedKeyset);
        if (keys.Count is 0 or > KeysMax || inputFeePpk < 0) throw Forged(id);
        var parsed = new SortedDictionary<ulong, CurvePoint>();
        foreach (var (amount, key) in keys)
        {
            if (!ulong.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || CurvePoint.Parse(key) is not { } point
                || !parsed.TryAdd(value, point))
            {
                throw Forged(id);
            }
        }

        var computed = id.StartsWith("00", StringComparison.Ordinal)
            ? ComputeV1(parsed)
            : ComputeV2(parsed, unit, inputFeePpk, finalExpiry);
        return computed == id ? new(id, unit, active, inputFeePpk, finalExpiry, parsed) : throw Forged(id);
    }

    /// <summary>NUT-02, "Keyset ID V2": keys with amounts, unit, fee and expiry; 33 bytes.</summary>
    internal static string ComputeV2(
        IReadOnlyDictionary<ulong, CurvePoint> keys, string unit, int inputFeePpk, long? finalExpiry)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', keys.OrderBy(key => key.Key)
            .Select(key => string.Create(CultureInfo.InvariantCulture, $"{key.Key}:{key.Value.ToHex()}")));
        text.Append("|unit:").Append(unit.ToLowerInvariant());
        if (inputFeePpk != 0) text.Append(CultureInfo.InvariantCulture, $"|input_fee_ppk:{inputFeePpk}");
        if (finalExpiry is > 0) text.Append(CultureInfo.InvariantCulture, $"|final_expiry:{finalExpiry}");
        return "01" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>NUT-02, "V1 Keysets": the keys alone; 8 bytes.</summary>
    internal static string ComputeV1(IReadOnlyDictionary<ulong, CurvePoint> keys)
    {
        byte[] all = [.. keys.OrderBy(key => key.Key).SelectMany(key => key.Value.ToBytes())];
        return "00" + Convert.ToHexStringLower(SHA256.HashData(all))[..14];
    }

    /// <summary>The fewest amounts of this keyset that make up a sum, ascending (NUT-03: outputs are sorted).</summary>
    /// <returns>Empty for zero; null when the keyset cannot make it.</returns>
    public IReadOnlyList<ulong>? Split(ulong sum)
    {
        List<ulong> amounts = [];
        foreach (var amount in Keys.Keys.OrderDescending())
        {
            for (; amount != 0 && sum >= amount; sum -= amount)
            {
                if (amounts.Count == OutputsMax) return null;
                amounts.Add(amount);
            }
        }

        amounts.Reverse();
        return sum == 0 ? amounts : null;
    }

    /// <summary>Far more than any power-of-two keyset needs.</summary>
    const int OutputsMax = 128;

    static ProblemException Forged(string id) =>
        new(CashuProblems.KeysetForged with { Detail = $"Keyset {(id.Length <= 66 ? id : id[..66])}." });
}
