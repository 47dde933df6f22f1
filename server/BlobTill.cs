using System.Security.Cryptography;
using Npgsql;
using PoA.Nostr.Blossom;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Server;

/// <summary>
/// Blobs are paid into the uploader's balance, by ecash or by an invoice, and their price goes from there to the
/// platform's fees. What the house itself uploads is free.
/// </summary>
sealed class BlobTill(
    AgentDirectory agents, PayWithToken tokens, IEnumerable<CashuWallet> wallets,
    IEnumerable<ILightningGateway> gateways, NpgsqlDataSource db, TimeProvider clock) : IBlobTill
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public bool IsFree(string pubkey) => agents.Find(pubkey) is not null;

    public async Task<BlobDemand> DemandAsync(string pubkey, Msat price, CancellationToken ct)
    {
        var cashu = InTimeAsync(async token => (await RequestAsync(price, token))?.Write(), ct);
        var lightning = InTimeAsync(token => InvoiceAsync(pubkey, price, token), ct);
        return new(await cashu, await lightning);
    }

    public async Task<Problem?> RefuseAsync(BlobPayment payment, Msat price, CancellationToken ct)
    {
        if (payment.Header != PaymentRequest.Header) return Preimage(payment) is null ? Unknown : null;
        try
        {
            var token = CashuToken.Parse(payment.Proof);
            return await RequestAsync(price, ct) is { } asked ? asked.Refuse(token) : BlossomProblems.NoWayToPay;
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    public async Task<Problem?> TakeAsync(string pubkey, BlobPayment payment, CancellationToken ct)
    {
        if (payment.Header == PaymentRequest.Header)
        {
            return (await tokens.ForBalanceAsync(pubkey, CashuToken.Parse(payment.Proof), ct)).Refusal;
        }

        // The mint says a moment after the payer's wallet does that an invoice is paid.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Preimage(payment)!));
        var until = clock.GetUtcNow() + Patience;
        while (!await DepositBalance.HasAsync(db, pubkey, hash, ct))
        {
            if (clock.GetUtcNow() > until) return Unknown;
            await Task.Delay(Look, clock, ct);
        }

        return null;
    }

    public async Task<Problem?> ChargeAsync(
        NpgsqlTransaction tx, string pubkey, string sha256, Msat price, CancellationToken ct)
    {
        var cause = $"{pubkey}:{sha256}";
        try
        {
            await Books.PostAsync(
                tx,
                new Transfer(
                    Uuid5.Of("blob", $"{cause}:{price.Value}"), AccountCode.Balance(pubkey), AccountCode.Fees, price,
                    "fee", cause),
                ct);
            return null;
        }
        catch (ProblemException e) when (e.Problem.Code == LedgerProblems.Insufficient.Code)
        {
            return BlossomProblems.PaymentShort with { Price = price };
        }
    }

    /// <summary>Grossed up, so that the price is left after the mint's fee. Null: no ecash is taken here.</summary>
    async Task<PaymentRequest?> RequestAsync(Msat price, CancellationToken ct)
    {
        if (wallets.FirstOrDefault() is not { Mints: [var mint, ..] } wallet) return null;
        var gross = await wallet.GrossAsync(mint, price, ct);
        return new(null, (ulong)gross.Sat, "sat", wallet.Mints) { Description = "A blob", IsSingleUse = true };
    }

    /// <summary>One an hour for a key and a price, however often it asks.</summary>
    async Task<string?> InvoiceAsync(string pubkey, Msat price, CancellationToken ct)
    {
        if (gateways.FirstOrDefault() is not { } gateway) return null;
        var hour = clock.GetUtcNow().ToUnixTimeSeconds() / 3_600;
        var payBy = DateTimeOffset.FromUnixTimeSeconds((hour + 2) * 3_600);
        var invoice = await gateway.RequestAsync(
            new(
                Uuid5.Of("blob-invoice", $"{pubkey}:{price.Value}:{hour}"),
                new(DepositBalance.BalancePurpose, pubkey), "bolt11", price, "A blob", payBy),
            ct);
        return invoice.Bolt11;
    }

    /// <summary>What the rail says, or nothing when it does not say it in time.</summary>
    static async Task<string?> InTimeAsync(Func<CancellationToken, Task<string?>> ask, CancellationToken ct)
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
            return null;
        }
    }

    static byte[]? Preimage(BlobPayment payment) => Hex.Decode(payment.Proof) is { Length: 32 } bytes ? bytes : null;

    static Problem Unknown => BlossomProblems.PaymentUnknown;
}
