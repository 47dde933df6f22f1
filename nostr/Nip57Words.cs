using System.Globalization;
using System.Text;

namespace PoA.Nostr;

/// <summary>A zap request (kind 9734) that holds: signed by the payer, for one recipient.</summary>
/// <param name="Event">As it was signed.</param>
/// <param name="Recipient">Tag p: who is paid.</param>
/// <param name="Target">Tag e: the event that is zapped, or null for a person.</param>
/// <param name="Address">Tag a, or null.</param>
/// <param name="TargetKind">Tag k, or null.</param>
/// <param name="Amount">What the payer intends, or null.</param>
/// <param name="Lnurl">Bech32, or null.</param>
/// <param name="Relays">Where the receipt shall go: strangers' URLs.</param>
public sealed record ZapRequest(
    NostrEvent Event, string Recipient, string? Target, string? Address, string? TargetKind, Msat? Amount,
    string? Lnurl, IReadOnlyList<string> Relays)
{
    public string Comment => Event.Content;
}

/// <summary>What a zap receipt (kind 9735) says. It proves that somebody fetched an invoice, and no payment.</summary>
/// <param name="Signer">Who says so.</param>
/// <param name="Recipient">Tag p.</param>
/// <param name="Bolt11">The invoice, unchecked.</param>
/// <param name="Description">The zap request, byte for byte.</param>
/// <param name="Preimage">Hex, or null.</param>
public sealed record ZapReceipt(string Signer, string Recipient, string Bolt11, string Description, string? Preimage)
{
    /// <summary>Tag e: the event that is said to be zapped, or null.</summary>
    public string? Target { get; init; }

    /// <summary>Tag P: who is said to have paid, or null.</summary>
    public string? Payer { get; init; }
}

/// <summary>Zaps (NIP-57): requests that are never published, and receipts that are.</summary>
public static class Nip57Words
{
    public const int RequestKind = 9_734;

    public const int ReceiptKind = 9_735;

    const int RelaysMax = 20;

    /// <summary>
    /// Appendix D: what a LNURL server checks before it makes an invoice. The text is the query parameter after
    /// decoding, byte for byte: the receipt repeats it.
    /// </summary>
    /// <param name="json">The event.</param>
    /// <param name="amount">The other query parameter.</param>
    /// <param name="receiptSigner">Whose receipts these will be: a P tag must agree.</param>
    /// <param name="problem">Why there is no answer.</param>
    public static ZapRequest? TryReadRequest(string json, Msat amount, string receiptSigner, out Problem? problem)
    {
        if (EventJson.TryParse(Encoding.UTF8.GetBytes(json), out problem) is not { } parsed
            || VerifiedEvent.TryVerify(parsed, out problem) is null)
        {
            return null;
        }

        var request = Read(parsed);
        problem = Refuse(parsed, request, amount, receiptSigner);
        return problem is null ? request : null;
    }

    /// <summary>Appendix A: the template of a request.</summary>
    public static EventTemplate Request(ZapRequest wanted, string comment, long createdAt) => new(
        RequestKind, createdAt,
        [
            ["relays", .. wanted.Relays],
            .. Optional("amount", wanted.Amount?.Value.ToString(CultureInfo.InvariantCulture)),
            .. Optional("lnurl", wanted.Lnurl),
            ["p", wanted.Recipient],
            .. Optional("e", wanted.Target),
            .. Optional("a", wanted.Address),
            .. Optional("k", wanted.TargetKind),
        ],
        comment);

    /// <summary>Appendix E. Dated when the invoice was paid, so that making it twice makes one event.</summary>
    public static EventTemplate Receipt(
        ZapRequest request, string description, string bolt11, string? preimage, long paidAt) => new(
        ReceiptKind, paidAt,
        [
            ["p", request.Recipient],
            ["P", request.Event.Pubkey],
            .. Optional("e", request.Target),
            .. Optional("a", request.Address),
            .. Optional("k", request.TargetKind),
            ["bolt11", bolt11],
            ["description", description],
            .. Optional("preimage", preimage),
        ],
        "");

    /// <summary>Null when the tags that a receipt must have are not there.</summary>
    public static ZapReceipt? ReadReceipt(NostrEvent receipt) =>
        receipt.Kind == ReceiptKind && receipt.Tag("p") is { } recipient && receipt.Tag("bolt11") is { } bolt11
            && receipt.Tag("description") is { } description
            ? new(receipt.Pubkey, recipient, bolt11, description, receipt.Tag("preimage"))
            {
                Target = receipt.Tag("e"),
                Payer = receipt.Tag("P"),
            }
            : null;

    static ZapRequest Read(NostrEvent request) => new(
        request, request.Tag("p") ?? "", request.Tag("e"), request.Tag("a"), request.Tag("k"),
        AmountOf(request.Tag("amount")), request.Tag("lnurl"),
        [.. request.TagsNamed("relays").SelectMany(tag => tag.Skip(1)).Take(RelaysMax)]);

    static Problem? Refuse(NostrEvent signed, ZapRequest request, Msat amount, string receiptSigner) =>
        signed.Kind != RequestKind ? Wrong("It is not of kind 9734.") :
        signed.TagsNamed("p").Count() != 1 || !Hex.Is32(request.Recipient) ? Wrong("It needs one p tag.") :
        signed.TagsNamed("e").Count() > 1 || request.Target is not null && !Hex.Is32(request.Target)
            ? Wrong("It has at most one e tag, of an event id.") :
        request.Relays.Count == 0 ? Wrong("It needs relays for the receipt.") :
        signed.Tag("amount") is not null && request.Amount != amount ? Wrong("Its amount is another one.") :
        signed.TagsNamed("a").Any(tag => !IsAddress(tag[1])) ? Wrong("Its a tag is no address.") :
        signed.TagsNamed("P").Count() > 1 || signed.Tag("P") is { } signer && signer != receiptSigner
            ? Wrong("Its P tag is not who signs the receipt.") :
        null;

    static Problem Wrong(string detail) => EventProblems.Malformed with { Detail = detail };

    static bool IsAddress(string text) => text.Split(':', 3) is [var kind, var author, _]
        && ushort.TryParse(kind, NumberStyles.None, CultureInfo.InvariantCulture, out _) && Hex.Is32(author);

    static Msat? AmountOf(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var msat) ? new Msat(msat) : null;

    static string[][] Optional(string name, string? value) => value is null ? [] : [[name, value]];
}
