using System.Security.Cryptography;
using PoA.Nostr.Payments.Lightning;

namespace PoA.Nostr.Payments.Zaps;

/// <summary>A zap that holds: who paid whom, what for, how much the invoice was over.</summary>
public sealed record CheckedZap(ZapRequest Request, Msat Amount);

/// <summary>What is known about who is zapped, from their LNURL endpoint.</summary>
/// <param name="Recipient">Their key.</param>
/// <param name="NostrPubkey">The key that their wallet signs receipts with.</param>
/// <param name="Lnurl">Bech32, to compare with the request's; null does not compare.</param>
public sealed record ZapRecipient(string Recipient, string NostrPubkey, string? Lnurl = null);

/// <summary>
/// The check of a receipt (NIP-57 Appendix F, and D for the request inside). What passes was said by the recipient's
/// wallet; it is good for reputation and for showing, and never for credit: that comes from our own invoices.
/// </summary>
public static class CheckZap
{
    /// <param name="receipt">Verified, since anybody writes to a relay.</param>
    /// <param name="of">Whose zap it claims to be.</param>
    /// <param name="problem">Why there is no answer.</param>
    public static CheckedZap? TryCheck(VerifiedEvent receipt, ZapRecipient of, out Problem? problem)
    {
        if (Nip57Words.ReadReceipt(receipt.Event) is not { } said)
        {
            problem = ZapProblems.NotAReceipt;
            return null;
        }

        if (Bolt11.TryRead(said.Bolt11, out problem) is not { } invoice) return null;

        var amount = invoice.Amount ?? Msat.Zero;
        var request = Nip57Words.TryReadRequest(said.Description, amount, said.Signer, out var wrong);
        problem = said.Signer != of.NostrPubkey ? ZapProblems.WrongSigner
            : request is null ? Explain(said, wrong!)
            : Refuse(said, request, invoice, of);
        return problem is null ? new(request!, amount) : null;
    }

    static Problem? Refuse(ZapReceipt said, ZapRequest request, Bolt11Invoice invoice, ZapRecipient of) =>
        request.Recipient != of.Recipient || said.Recipient != of.Recipient ? ZapProblems.WrongRecipient :
        said.Target != request.Target ? ZapProblems.WrongRequest with { Detail = "It is about another event." } :
        said.Payer is { } payer && payer != request.Event.Pubkey
            ? ZapProblems.WrongRequest with { Detail = "Somebody else signed it." } :
        invoice.Amount is null ? ZapProblems.WrongAmount :
        of.Lnurl is not null && request.Lnurl is { } lnurl
            && !lnurl.Equals(of.Lnurl, StringComparison.OrdinalIgnoreCase)
            ? ZapProblems.WrongRecipient :
        invoice.DescriptionHash is not null && !invoice.IsAbout(said.Description) ? ZapProblems.WrongInvoice :
        said.Preimage is { } preimage && !IsPreimage(preimage, invoice.PaymentHash) ? ZapProblems.WrongInvoice :
        null;

    /// <summary>An amount that differs has a code of its own; all else is the request's fault.</summary>
    static Problem Explain(ZapReceipt said, Problem wrong) =>
        EventJson.TryParse(System.Text.Encoding.UTF8.GetBytes(said.Description), out _) is { } inner
        && Bolt11.TryRead(said.Bolt11, out _)?.Amount is { } paid && inner.Tag("amount") is { } meant
        && meant != paid.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? ZapProblems.WrongAmount
            : ZapProblems.WrongRequest with { Detail = wrong.Detail };

    static bool IsPreimage(string preimage, string hash) =>
        Hex.Decode(preimage) is { Length: 32 } bytes && Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash;
}
