using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>What a customer said about paying, in the request itself.</summary>
/// <param name="Way">"balance", or null.</param>
/// <param name="Token">A Cashu token, or null.</param>
public readonly record struct PaymentOffer(string? Way, string? Token);

/// <summary>
/// A job with a price was admitted: it is paid out of the customer's balance where the request says so, or with the
/// ecash that it brings; else the customer is told the price and every way to pay it.
/// </summary>
public sealed class PayJob(OfferTerms terms, AcceptJob accept, QuoteWays ways)
{
    public const string FromBalance = "balance";

    /// <summary>The job with what is agreed about it.</summary>
    public Job WithTerms(Job received, Agent agent) => terms.WithTerms(received, agent);

    public async Task HandleAsync(Job received, JobWork work, PaymentOffer offer, CancellationToken ct)
    {
        var problem = offer.Way == FromBalance
            ? await accept.HandleAsync(received, work, AccountCode.Balance(received.Customer), ct)
            : null;
        if (offer.Way == FromBalance && problem is null) return;

        await accept.QuoteAsync(received, await ways.ForAsync(received, ct), problem, ct);
    }
}
