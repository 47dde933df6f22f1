using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Escrow;

/// <summary>What an agent offers for a kind of job, as the terms of the next such job will say it.</summary>
public sealed class OfferTerms(IEnumerable<JobOffer> offers, FeeRates fees, IOptions<EscrowOptions> options)
{
    readonly Dictionary<int, JobOffer> _offers = offers.ToDictionary(offer => offer.Kind);

    /// <summary>The job with its terms and the time to pay, where there is a price.</summary>
    public Job WithTerms(Job received, Agent agent)
    {
        if (!received.IsPaid || !_offers.TryGetValue(received.Kind, out var offer)) return received;

        var general = options.Value;
        return received with
        {
            Terms = new(
                LedgerEscrow.BackendName, agent.Owner, fees.Of(agent.Owner) ?? general.FeeBps, offer.Deadline,
                general.AcceptWithin, general.ArbitrateWithin, general.AtTimeout),
            PayBy = received.ReceivedAt + general.PayWithin,
        };
    }
}
