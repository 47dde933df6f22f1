using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>The seam to the edge that reads a zap's comment as an order.</summary>
public interface IHireByZap
{
    /// <summary>The id of a job that waits for this zap to be paid; null when it is no order.</summary>
    Task<string?> QuoteAsync(LnurlOrder order, CancellationToken ct);
}
