using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>NUT-11 §Witness format, NUT-14 §Witness format.</summary>
sealed record LockWitness(IReadOnlyList<string> Signatures, string? Preimage)
{
    static readonly LockWitness None = new([], null);

    public static LockWitness Parse(string? text)
    {
        if (text is null) return None;
        try
        {
            using var json = JsonDocument.Parse(text, new() { MaxDepth = 4 });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return None;
            var signatures = root.TryGetProperty("signatures", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                    .Select(item => item.GetString()!).Take(SpendingConditions.KeysMax).ToList()
                : [];
            var preimage = root.TryGetProperty("preimage", out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
            return new(signatures, preimage);
        }
        catch (JsonException)
        {
            return None;
        }
    }
}

/// <summary>
/// The lock of one proof (NUT-10): to keys (P2PK, NUT-11) or to a hash and keys (HTLC, NUT-14). Two pathways of keys
/// open it, the second one after the lock time.
/// </summary>
sealed class SpendingConditions
{
    internal const int KeysMax = 64;
    static readonly string[] Known = ["sigflag", "pubkeys", "n_sigs", "locktime", "refund", "n_sigs_refund"];

    readonly List<byte[]> _keys = [];
    readonly List<byte[]> _refundKeys = [];
    readonly int _needed;
    readonly int _refundNeeded;
    readonly long? _lockTime;
    readonly byte[]? _hash;

    SpendingConditions(string kind, string data, string tags, Dictionary<string, string[]> values)
    {
        (Kind, Data, Tags) = (kind, data, tags);
        SignsAll = Flag(values);
        if (kind == "HTLC") _hash = Hex.Decode(data) is { Length: 32 } hash ? hash : throw Malformed("hash");
        else _keys.Add(KeyOf(data));
        _keys.AddRange(values.GetValueOrDefault("pubkeys", []).Select(KeyOf));
        _refundKeys.AddRange(values.GetValueOrDefault("refund", []).Select(KeyOf));
        _needed = Count(values, "n_sigs", _keys.Count);
        _refundNeeded = Count(values, "n_sigs_refund", _refundKeys.Count);
        if (values.GetValueOrDefault("locktime") is [var time, ..]
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var until))
        {
            _lockTime = until;
        }

        if (HasTwice(_keys) || HasTwice(_refundKeys)) throw Malformed("a key stands twice in a pathway");
    }

    public string Kind { get; }
    public string Data { get; }
    public string Tags { get; }

    /// <summary>SIG_ALL: one signature covers the whole transaction.</summary>
    public bool SignsAll { get; }

    /// <summary>Null for an ordinary secret. Throws for a lock that nobody can open.</summary>
    public static SpendingConditions? Parse(string secret)
    {
        if (secret is not ['[', ..]) return null;
        try
        {
            using var json = JsonDocument.Parse(secret, new() { MaxDepth = 8 });
            var root = json.RootElement;
            if (root.GetArrayLength() != 2 || root[0].ValueKind != JsonValueKind.String) return null;
            var (kind, body) = (root[0].GetString()!, root[1]);
            if (kind is not ("P2PK" or "HTLC") || body.ValueKind != JsonValueKind.Object) return null;
            if (!body.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.String) return null;

            var tags = body.TryGetProperty("tags", out var listed) && listed.ValueKind == JsonValueKind.Array
                ? listed
                : default;
            return new(
                kind, data.GetString()!, tags.ValueKind == JsonValueKind.Array ? tags.GetRawText() : "[]", Read(tags));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a witness opens it now. The message is the secret, or the transaction for SIG_ALL.</summary>
    public bool IsOpenedBy(LockWitness witness, string message, long now)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(message));
        if (IsHashOpened(witness) && Signed(_keys, witness, digest) >= _needed) return true;
        if (_lockTime is not { } time || now <= time) return false;

        return _refundKeys.Count == 0 || Signed(_refundKeys, witness, digest) >= _refundNeeded;
    }

    /// <summary>NUT-14 §Hash lock: 32 bytes, 64 hex digits.</summary>
    bool IsHashOpened(LockWitness witness) =>
        _hash is null
        || (Hex.Decode(witness.Preimage) is { Length: 32 } preimage && SHA256.HashData(preimage).SequenceEqual(_hash));

    /// <summary>NUT-11 §Multisig: so many different keys have signed, however many signatures there are.</summary>
    static int Signed(List<byte[]> keys, LockWitness witness, byte[] digest) => keys.Count(key =>
        witness.Signatures.Any(signature =>
            Hex.Decode(signature) is { Length: 64 } bytes && Secp256k1.SchnorrVerify(bytes, digest, key)));

    static Dictionary<string, string[]> Read(JsonElement tags)
    {
        Dictionary<string, string[]> values = [];
        if (tags.ValueKind != JsonValueKind.Array) return values;
        foreach (var tag in tags.EnumerateArray())
        {
            if (tag.ValueKind != JsonValueKind.Array || tag.GetArrayLength() is 0 or > KeysMax
                || tag.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String || item.GetString() is ""))
            {
                throw Malformed("a tag is not a list of strings");
            }

            var parts = tag.EnumerateArray().Select(item => item.GetString()!).ToArray();
            if (!values.TryAdd(parts[0], parts[1..]) && Known.Contains(parts[0])) throw Malformed("a tag stands twice");
        }

        return values;
    }

    static bool Flag(Dictionary<string, string[]> values) => values.GetValueOrDefault("sigflag") switch
    {
        null => false,
        ["SIG_INPUTS", ..] => false,
        ["SIG_ALL", ..] => true,
        _ => throw Malformed("sigflag"),
    };

    /// <summary>§Tags: at least one and at most as many as there are keys; one where nothing is said.</summary>
    static int Count(Dictionary<string, string[]> values, string name, int keys)
    {
        if (values.GetValueOrDefault(name) is not { } said) return Math.Min(1, keys);
        return said is [var text, ..]
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && count <= keys
            ? count
            : throw Malformed(name);
    }

    /// <summary>§Public Key Canonicalisation: the x coordinate, whatever the case and the sign.</summary>
    static byte[] KeyOf(string hex) =>
        CurvePoint.Parse(hex.ToLowerInvariant()) is { } point ? point.ToBytes()[1..] : throw Malformed("a key");

    static bool HasTwice(List<byte[]> keys) => keys.Select(Convert.ToHexString).Distinct().Count() < keys.Count;

    static MintRefusal Malformed(string what) =>
        new(MintError.ProofInvalid, $"The spending condition is malformed: {what}.");
}
