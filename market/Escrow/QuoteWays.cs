using Microsoft.Extensions.Logging;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>How a quoted job may be paid: an invoice where there is a way to Lightning, a Cashu request.</summary>
public sealed partial class QuoteWays(IEnumerable<ILightningGateway> gateways, ILogger<QuoteWays> log)
{
    public const string JobPurpose = "job";

    /// <summary>A customer waits for the quote: what takes longer is left out of it.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<JobQuote> ForAsync(Job job, CancellationToken ct) => new(await InvoiceAsync(job, ct), null);

    async Task<string?> InvoiceAsync(Job job, CancellationToken ct)
    {
        if (gateways.FirstOrDefault() is not { } gateway || job.Price.Sat == 0) return null;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var invoice = await gateway.RequestAsync(
                new(
                    Uuid5.Of("quote", job.Id), new(JobPurpose, job.Id), "bolt11", InWholeSats(job.Price),
                    $"Job {job.Id}", job.PayBy!.Value),
                patience.Token);
            return invoice.Bolt11;
        }
        catch (Exception e) when (e is ProblemException or HttpRequestException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            LogNoInvoice(job.Id, e.Message);
            return null;
        }
    }

    /// <summary>Rails count sats: what does not divide is rounded up, and comes back as change.</summary>
    internal static Msat InWholeSats(Msat amount) => Msat.FromSat((amount.Value + 999) / 1_000);

    [LoggerMessage(LogLevel.Warning, "{JobId} is quoted without an invoice: {Reason}")]
    partial void LogNoInvoice(string jobId, string reason);
}
