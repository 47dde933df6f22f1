using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PoA.Nostr.Market.Index;

/// <summary>One event as the index keeps it: what it is about, who acts in it, and the words it is found by.</summary>
/// <param name="Event">Verified; without U+0000, which PostgreSQL cannot hold.</param>
/// <param name="ExpiresAt">Unix seconds (NIP-40), or null.</param>
/// <param name="Address">"kind:pubkey:d" of a replaceable or addressable event, or null.</param>
/// <param name="Target">The note that this replies to, reposts, reacts to or zaps, or null.</param>
/// <param name="Actor">Who does so: of a zap the sender, where the zap request's signature holds.</param>
/// <param name="Sat">What a zap says it moved; 0 elsewhere.</param>
/// <param name="Refs">Single-letter tags, as <see cref="Ref"/> writes them.</param>
/// <param name="Terms">Null where the kind is not searched.</param>
public sealed record IndexedEvent(
    NostrEvent Event, long? ExpiresAt, string? Address, string? Target, string? Actor, long Sat,
    IReadOnlyList<string> Refs, IReadOnlyList<string>? Terms)
{
    /// <summary>Values longer than this are kept by hash: an index entry has a size limit.</summary>
    const int RefValueMax = 128;

    public static IndexedEvent From(NostrEvent e)
    {
        e = WithoutNul(e);
        var target = TargetOf(e);
        var (actor, sat) = e.Kind == 9735 ? Zap(e) : (e.Pubkey, 0);
        return new(
            e, Expiry(e), AddressOf(e), actor is null ? null : target, target is null ? null : actor, sat,
            [.. RefsOf(e).Distinct()], TextOf(e) is { } text ? Index.Terms.Of(text) : null);
    }

    /// <summary>A tag as one indexable text: letter and value, or letter and hash of a long value.</summary>
    public static string Ref(char letter, string value) =>
        value.Length <= RefValueMax
            ? $"{letter}:{value.Replace('\0', '\ufffd')}"
            : $"{letter}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))}";

    /// <summary>As <c>a</c> tags write it; a long d by its hash.</summary>
    static string? AddressOf(NostrEvent e) =>
        EventKinds.IsReplaceable(e.Kind) ? $"{e.Kind}:{e.Pubkey}:" :
        EventKinds.IsAddressable(e.Kind) ? $"{e.Kind}:{e.Pubkey}:{Ref('d', e.Tag("d") ?? "")[2..]}" :
        null;

    static IEnumerable<string> RefsOf(NostrEvent e)
    {
        foreach (var tag in e.Tags)
        {
            if (tag is [[var letter], var value, ..] && char.IsAsciiLetter(letter)) yield return Ref(letter, value);
        }

        if ((EventKinds.IsReplaceable(e.Kind) || EventKinds.IsAddressable(e.Kind)) && e.Tag("d") is null)
        {
            yield return Ref('d', "");
        }
    }

    static long? Expiry(NostrEvent e) =>
        long.TryParse(e.Tag("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;

    /// <summary>NIP-10 for notes (marker, else the last); NIP-18, NIP-25 and NIP-57: the last.</summary>
    static string? TargetOf(NostrEvent e)
    {
        if (e.Kind is not (1 or 6 or 7 or 9735)) return null;
        string? last = null, root = null;
        foreach (var tag in e.TagsNamed("e").Where(tag => Hex.Is32(tag[1])))
        {
            var marker = e.Kind == 1 && tag.Length > 3 ? tag[3] : "";
            if (marker == "reply") return tag[1];
            if (marker == "root") root = tag[1];
            else if (marker != "mention") last = tag[1];
        }

        return root ?? last;
    }

    /// <summary>
    /// NIP-57: sender and amount. The wallet's key is not known offline, so the sender's own signature is checked,
    /// and an amount counts only where invoice and request agree.
    /// </summary>
    static (string? Sender, long Sat) Zap(NostrEvent receipt)
    {
        if (receipt.Tag("description") is not { } description) return (null, 0);
        var request = EventJson.TryParse(Encoding.UTF8.GetBytes(description), out _);
        if (request is not { Kind: 9734 } || VerifiedEvent.TryVerify(request, out _) is null) return (null, 0);

        var invoiced = InvoiceMsat(receipt.Tag("bolt11") ?? "");
        var asked = request.Tag("amount");
        var agree = asked is null || asked == invoiced.ToString(CultureInfo.InvariantCulture);
        return (request.Pubkey, agree ? invoiced / 1_000 : 0);
    }

    /// <summary>The amount in a BOLT-11 invoice's human-readable part; 0 where there is none.</summary>
    internal static long InvoiceMsat(string invoice)
    {
        var end = invoice.LastIndexOf('1');
        var from = invoice.AsSpan().IndexOfAnyInRange('0', '9');
        if (!invoice.StartsWith("ln", StringComparison.OrdinalIgnoreCase) || from < 0 || from >= end) return 0;

        var amount = invoice.AsSpan(from, end - from);
        var msatPerUnit = char.ToLowerInvariant(amount[^1]) switch
        {
            'm' => 100_000_000m,
            'u' => 100_000m,
            'n' => 100m,
            'p' => 0.1m,
            _ => 100_000_000_000m,
        };
        if (char.IsAsciiLetter(amount[^1])) amount = amount[..^1];
        return amount.Length is > 0 and <= 12
            && long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var units)
            && units * msatPerUnit <= 2_100_000_000_000_000_000m
                ? (long)(units * msatPerUnit)
                : 0;
    }

    static string? TextOf(NostrEvent e) => e.Kind switch
    {
        0 => ProfileText(e.Content),
        1 => e.Content,
        30023 => $"{e.Tag("title")}\n{e.Tag("summary")}\n{e.Content}",
        _ => null,
    };

    static string ProfileText(string content)
    {
        var profile = Profile.Parse("", content);
        return $"{profile.Name}\n{profile.DisplayName}\n{profile.Nip05}\n{profile.About}";
    }

    static NostrEvent WithoutNul(NostrEvent e) =>
        !e.Content.Contains('\0') && !e.Tags.Any(tag => tag.Any(value => value.Contains('\0')))
            ? e
            : e with
            {
                Content = e.Content.Replace('\0', '\ufffd'),
                Tags = [.. e.Tags.Select(tag => tag.Select(value => value.Replace('\0', '\ufffd')).ToArray())],
            };
}

/// <summary>What a key says about itself (kind 0). Strangers' words: shown, never trusted.</summary>
public sealed record Profile(
    string Pubkey, string? Name, string? DisplayName, string? About, string? Picture, string? Nip05, string? Lud16)
{
    public static Profile Parse(string pubkey, string content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            string? Text(string name) =>
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                    ? value.GetString()
                    : null;
            return new(
                pubkey, Text("name"), Text("display_name"), Text("about"), Text("picture"), Text("nip05"),
                Text("lud16"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new(pubkey, null, null, null, null, null, null);
        }
    }
}
