using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>How a quoted job may be paid: an invoice where there is a way to Lightning, a Cashu request.</summary>
public sealed partial class QuoteWays(
    IEnumerable<ILightningGateway> gateways, IEnumerable<CashuWallet> wallets, IOwnRelays relays,
    IOptions<EscrowOptions> options, ILogger<QuoteWays> log)
{
    public const string JobPurpose = "job";

    /// <summary>A customer waits for the quote: what takes longer is left out of it.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Mints whose ecash we take; none where there is no wallet.</summary>
    public IReadOnlyList<string> Mints => wallets.FirstOrDefault()?.Mints ?? [];

    public async Task<JobQuote> ForAsync(Job job, CancellationToken ct)
    {
        if (Mints.Count == 0) return new(null, null);

        var request = RequestAsync(job, ct);
        return new(await InvoiceAsync(job, ct), await request);
    }

    /// <summary>The price so grossed up that it is left after the mint's fee; answered by NIP-17, or by POST.</summary>
    async Task<string?> RequestAsync(Job job, CancellationToken ct)
    {
        if (await PatientAsync(job, token => wallets.First().GrossAsync(Mints[0], InWholeSats(job.Price), token), ct)
            is not { Value: > 0 } gross)
        {
            return null;
        }

        var profile = Nip19Words.Write(new NostrEntity.Profile(job.Agent, [.. relays.For("jobs").Take(3)]));
        List<PaymentTransport> transports = [new("nostr", profile) { Tags = [["n", "17"]] }];
        if (options.Value.PublicUrl is { } url) transports.Add(new("post", $"{url}{CashuEndpoint.Path}"));
        return new PaymentRequest(job.Id, (ulong)gross.Sat, "sat", Mints)
        {
            Description = $"Job {job.Id[..8]}",
            IsSingleUse = true,
            Transports = transports,
        }.Write();
    }

    async Task<string?> InvoiceAsync(Job job, CancellationToken ct) =>
        gateways.FirstOrDefault() is { } gateway && await PatientAsync(
            job,
            token => gateway.RequestAsync(
                new(
                    Uuid5.Of("quote", job.Id), new(JobPurpose, job.Id), "bolt11", InWholeSats(job.Price),
                    $"Job {job.Id}", job.PayBy!.Value),
                token),
            ct) is { } invoice
            ? invoice.Bolt11
            : null;

    /// <summary>What the rail says, or nothing when it does not say it in time.</summary>
    async Task<T?> PatientAsync<T>(Job job, Func<CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (Exception e) when (e is ProblemException or HttpRequestException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            LogLeftOut(job.Id, e.Message);
            return default;
        }
    }

    /// <summary>Rails count sats: what does not divide is rounded up, and comes back as change.</summary>
    internal static Msat InWholeSats(Msat amount) => Msat.FromSat((amount.Value + 999) / 1_000);

    [LoggerMessage(LogLevel.Warning, "A way to pay {JobId} is left out: {Reason}")]
    partial void LogLeftOut(string jobId, string reason);
}
