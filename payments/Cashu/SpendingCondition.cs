using System.Globalization;
using System.Text.Json;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// What must be shown to spend a proof (NUT-10, NUT-11, NUT-14): the secret of such a proof is this, as JSON.
/// </summary>
/// <param name="IsHash">An HTLC: <paramref name="Data"/> is the SHA-256 that a preimage must have.</param>
/// <param name="Data">The first key in hex, or the hash.</param>
/// <param name="Tags">As they stand in the secret.</param>
public sealed record SpendingCondition(bool IsHash, string Data, IReadOnlyList<string[]> Tags)
{
    const int TagsMax = 16;
    const int KeysMax = 16;

    /// <summary>x coordinates, of which <see cref="Signatures"/> must sign; none if a preimage alone spends.</summary>
    public IReadOnlyList<string> Keys { get; private init; } = [];

    public int Signatures { get; private init; } = 1;

    /// <summary>x coordinates of which <see cref="RefundSignatures"/> may sign once the time has come.</summary>
    public IReadOnlyList<string> RefundKeys { get; private init; } = [];

    public int RefundSignatures { get; private init; } = 1;

    /// <summary>Unix seconds; null locks for ever.</summary>
    public long? Locktime { get; private init; }

    /// <summary>One signature in the first input covers all inputs and outputs.</summary>
    public bool SignsAll { get; private init; }

    /// <summary>A text that locks to one key: what a proof's secret is to be.</summary>
    /// <param name="nonce">Hex; makes the secret unique.</param>
    /// <param name="key">33 bytes in hex.</param>
    public static string LockTo(string nonce, string key) =>
        $$"""["P2PK",{"nonce":"{{nonce}}","data":"{{key}}","tags":[["sigflag","SIG_INPUTS"]]}]""";

    /// <summary>Whether this secret is of a form that mints read conditions from, well-formed or not.</summary>
    public static bool IsWellKnown(string secret) => secret.StartsWith('[') && Open(secret) is not null;

    /// <summary>
    /// The condition of a secret. Null when it has none that we know: then it is an ordinary secret, or malformed and
    /// unspendable (<see cref="IsWellKnown"/> tells which).
    /// </summary>
    public static SpendingCondition? Parse(string secret)
    {
        if (!secret.StartsWith('[') || Open(secret) is not { } opened) return null;
        var (kind, data, tags) = opened;
        if (kind is not ("P2PK" or "HTLC") || tags.Count > TagsMax
            || tags.Select(tag => tag[0]).Distinct().Count() < tags.Count)
        {
            return null;
        }

        return new SpendingCondition(kind == "HTLC", data, tags).Resolve();
    }

    SpendingCondition? Resolve()
    {
        var more = Values("pubkeys");
        var (keys, refunds) = (XOnly(IsHash ? more : [Data, .. more]), XOnly(Values("refund")));
        if (keys is null || refunds is null || (IsHash && !Hex.Is32(Data))) return null;

        var flag = Value("sigflag") ?? "SIG_INPUTS";
        var signatures = Count("n_sigs", keys.Count);
        var refundSignatures = Count("n_sigs_refund", refunds.Count);
        return flag is not ("SIG_INPUTS" or "SIG_ALL") || signatures is null || refundSignatures is null
            ? null
            : this with
            {
                Keys = keys,
                Signatures = signatures.Value,
                RefundKeys = refunds,
                RefundSignatures = refundSignatures.Value,
                Locktime = long.TryParse(Value("locktime"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                    ? at
                    : null,
                SignsAll = flag == "SIG_ALL",
            };
    }

    /// <summary>Whether another proof of the same transaction is locked alike, as SIG_ALL demands.</summary>
    public bool IsLike(SpendingCondition? other) =>
        other is not null && IsHash == other.IsHash && Data == other.Data && Tags.Count == other.Tags.Count
        && Tags.Zip(other.Tags).All(pair => pair.First.SequenceEqual(pair.Second));

    public bool HasExpired(DateTimeOffset now) => Locktime < now.ToUnixTimeSeconds();

    string[] Values(string name) => Tags.FirstOrDefault(tag => tag[0] == name)?[1..] ?? [];

    string? Value(string name) => Tags.FirstOrDefault(tag => tag[0] == name) is [_, var value, ..] ? value : null;

    /// <summary>A positive number that the pathway's keys can reach; 1 unless stated; null if it is neither.</summary>
    int? Count(string name, int keys) =>
        Tags.All(tag => tag[0] != name) ? 1 :
        int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= 1 && count <= keys ? count : null;

    /// <summary>
    /// NUT-11, "Public Key Canonicalisation": keys are their x. Null when one is no key, or stands there twice.
    /// </summary>
    static List<string>? XOnly(string[] keys)
    {
        List<string> all = [];
        foreach (var key in keys)
        {
            if (all.Count == KeysMax || Crypto.CurvePoint.Parse(key.ToLowerInvariant()) is not { } point) return null;
            var x = point.ToXOnlyHex();
            if (all.Contains(x)) return null;
            all.Add(x);
        }

        return all;
    }

    static (string Kind, string Data, List<string[]> Tags)? Open(string secret)
    {
        try
        {
            using var document = JsonDocument.Parse(secret, new() { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement is not { ValueKind: JsonValueKind.Array } root || root.GetArrayLength() != 2
                || root[0].ValueKind != JsonValueKind.String || root[1].ValueKind != JsonValueKind.Object
                || !root[1].TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            var tags = root[1].TryGetProperty("tags", out var given) && given.ValueKind != JsonValueKind.Null
                ? given.EnumerateArray().Select(tag => tag.EnumerateArray().Select(Text).ToArray()).ToList()
                : [];
            // A tag without a name, which nothing here can mean, makes the secret one that nobody spends.
            return tags.Any(tag => tag.Length == 0)
                ? ("malformed", "", [])
                : (root[0].GetString()!, data.GetString()!, tags);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return ("malformed", "", []);
        }
    }

    static string Text(JsonElement element) => element.GetString() is { Length: > 0 } text
        ? text
        : throw new InvalidOperationException("A tag holds texts that are not empty.");
}
