namespace PoA.Nostr.Payments.Lnurl;

/// <summary>Somebody who is paid here.</summary>
/// <param name="Slug">The name before the @.</param>
/// <param name="Name">What a payer's wallet shows.</param>
/// <param name="Pubkey">Who is zapped.</param>
public sealed record LnurlPayee(string Slug, string Name, string Pubkey);

/// <summary>The seam to whoever knows the payees: this floor knows money and no agents.</summary>
public interface ILnurlPayees
{
    /// <summary>Null when nobody has this name.</summary>
    LnurlPayee? Find(string slug);

    /// <summary>The key that signs receipts: the payee's own.</summary>
    ISigner Signer(string pubkey);

    /// <summary>
    /// What a payment is for: a job that the zap names, a hire by its comment, or a gift to the payee. The invoice's
    /// row has everything that is known of it.
    /// </summary>
    Task<PaymentPurpose> PurposeAsync(LnurlOrder order, CancellationToken ct);
}

/// <summary>What somebody wants to pay, and for whom.</summary>
/// <param name="Id">Of its row.</param>
/// <param name="Payee">Key.</param>
/// <param name="Amount">Whole sats.</param>
/// <param name="Comment">Of the zap, or of LUD-12.</param>
/// <param name="Zap">The request, where this is a zap.</param>
public sealed record LnurlOrder(Guid Id, string Payee, Msat Amount, string Comment, ZapRequest? Zap);
