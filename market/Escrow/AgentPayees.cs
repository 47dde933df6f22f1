using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// The agents as LNURL sees them, and what a payment to one of them is for: a zap on a quote or a request pays that
/// job, on a result it accepts, with a comment it hires; anything else is a gift.
/// </summary>
public sealed class AgentPayees(AgentDirectory agents, FindAnswered answered) : ILnurlPayees
{
    /// <summary>A job that begins with its payment; the subject is the LNURL invoice, which has the comment.</summary>
    public const string HirePurpose = "hire";

    /// <summary>A zap on a result: the subject is the LNURL invoice.</summary>
    public const string AcceptPurpose = "accept";

    public LnurlPayee? Find(string slug) =>
        agents.All.FirstOrDefault(agent => agent.Slug == slug) is { } agent
            ? new(agent.Slug, agent.Name, agent.Pubkey)
            : null;

    public ISigner Signer(string pubkey) => agents.Signer(pubkey);

    public async Task<PaymentPurpose> PurposeAsync(LnurlOrder order, CancellationToken ct)
    {
        if (order.Zap?.Target is { } target && await answered.FindAsync(target, ct) is { } job)
        {
            return IsResult(job.Kind) ? Of(AcceptPurpose, order) : new(QuoteWays.JobPurpose, job.Job);
        }

        var hires = order.Comment.Length > 0 && order.Zap?.Target is null;
        return Of(hires ? HirePurpose : ReceiveInvoice.GiftPurpose, order);
    }

    static bool IsResult(int kind) => kind is >= 6_000 and < 7_000;

    static PaymentPurpose Of(string word, LnurlOrder order) => new(word, order.Id.ToString());
}
