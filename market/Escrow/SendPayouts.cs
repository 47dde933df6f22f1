using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Sends payouts: claimed by a lease, the invoice fetched once and kept before it is paid, and paid under the payout's
/// own id. An outcome that nobody knows is asked for again; only a failure that is final gives the money back.
/// </summary>
public sealed partial class SendPayouts(
    NpgsqlDataSource db, IEnumerable<CashuWallet> wallets, IEnumerable<ILightningGateway> gateways,
    IEnumerable<PayAddress> addresses, ILogger<SendPayouts> log) : BackgroundService
{
    const int AtOnceMax = 8;
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var never = new Signal();
        var loop = new ClaimLoop<Payout>(ClaimAsync, SendAsync, LogInterrupted, AtOnceMax, Interval);
        await loop.RunAsync(never, stoppingToken);
    }

    async Task<IReadOnlyList<Payout>> ClaimAsync(int max, CancellationToken ct) =>
        (await db.ManyAsync<PayoutRow>(Claim, new { max }, ct)).ConvertAll(row => row.ToPayout());

    /// <summary>One payout as far as it goes now.</summary>
    internal async Task SendAsync(Payout payout, CancellationToken ct)
    {
        try
        {
            await RefuseAsync(payout, ct);
            if (payout.Way == RequestPayout.ByToken) await TokenAsync(payout, ct);
            else await LightningAsync(payout, ct);
        }
        catch (ProblemException e)
        {
            await db.RunAsync(Note, new { payout.Id, error = e.Problem.Code }, ct);
            LogWaits(payout.Id, e.Problem.Code);
        }
    }

    /// <summary>What was dispatched is seen to its end, whatever an audit found since.</summary>
    async Task RefuseAsync(Payout payout, CancellationToken ct)
    {
        if (payout.Invoice is not null) return;

        var stopped = await db.InTransactionAsync(tx => AuditBooks.RefuseWithdrawalAsync(tx, ct), ct);
        if (stopped is not null) throw new ProblemException(stopped);
    }

    async Task TokenAsync(Payout payout, CancellationToken ct)
    {
        if (wallets.FirstOrDefault() is not { Mints.Count: > 0 } wallet)
        {
            throw new ProblemException(EscrowProblems.NoRail);
        }

        List<Problem> refusals = [];
        foreach (var mint in wallet.Mints)
        {
            try
            {
                var id = RequestPayout.TokenOf(payout.Id, mint);
                var token = await wallet.SendAsync(new(id, AccountCode.Payout(payout.Id), payout.Amount, mint), ct);
                await EndAsync(payout with { State = "paid", Token = token.Write() }, ct);
                return;
            }
            catch (ProblemException e) when (e.Problem.Code != CashuProblems.UnderWay.Code)
            {
                // It was not made there, and the money is where it was.
                refusals.Add(e.Problem);
            }
        }

        if (refusals.Find(refusal => refusal.Recovery == RecoveryAction.RetryLater) is { } later)
        {
            throw new ProblemException(later);
        }

        // The money goes back only when nobody else makes it meanwhile.
        foreach (var mint in wallet.Mints)
        {
            if (!await wallet.GiveUpAsync(RequestPayout.TokenOf(payout.Id, mint), ct))
            {
                throw new ProblemException(CashuProblems.UnderWay);
            }
        }

        await EndAsync(payout with { State = "failed", Problem = refusals[0].Code }, ct);
    }

    async Task LightningAsync(Payout payout, CancellationToken ct)
    {
        var gateway = gateways.FirstOrDefault() ?? throw new ProblemException(EscrowProblems.NoRail);
        if (payout.Invoice is null)
        {
            var invoice = (await addresses.First().InvoiceAsync(payout.Target, payout.Amount, null, ct)).Text;
            if (await db.RunAsync(Dispatch, new { payout.Id, payout.Target, invoice }, ct) == 0) return;
            payout = payout with { Invoice = invoice };
        }

        // The payout's id is its caller's choice: the operation's must be ours.
        var id = Uuid5.Of("payout-lightning", payout.Id.ToString());
        switch (await gateway.PayAsync(new(id, AccountCode.Payout(payout.Id), payout.Invoice, payout.Reserve), ct))
        {
            case PayOutcome.Succeeded paid:
                await EndAsync(payout with { State = "paid", Preimage = paid.Preimage }, ct);
                break;
            case PayOutcome.Failed failed:
                await EndAsync(payout with { State = "failed", Problem = failed.Problem.Code }, ct);
                break;
        }
    }

    /// <summary>Whatever is left on the payout's account is the payee's again.</summary>
    async Task EndAsync(Payout payout, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async tx =>
            {
                var row = new
                {
                    payout.Id,
                    payout.Way,
                    payout.State,
                    payout.Token,
                    payout.Preimage,
                    problem = payout.State == "failed" ? payout.Problem : null,
                };
                if (await tx.RunAsync(End, row, ct) == 0) return;

                var account = AccountCode.Payout(payout.Id);
                var left = await Books.BalanceAsync(tx, account, ct);
                if (left == Msat.Zero) return;

                await Books.PostAsync(
                    tx,
                    new Transfer(
                        Uuid5.Of("payout-rest", payout.Id.ToString()), account, AccountCode.Balance(payout.Account),
                        left, "payout-rest", payout.Id.ToString()),
                    ct);
            },
            ct);
        LogEnded(payout.Id, payout.Amount, payout.Way, payout.State, payout.Problem ?? "no problem");
    }

    const string Claim = $"""
        with due as (
            select id
              from market.payout
             where state in ('requested', 'dispatched') and due_at <= now()
             order by due_at
             limit @max
               for update skip locked
        )
        update market.payout p
           set attempts = p.attempts + 1, changed_at = now(),
               due_at = now() + least(interval '1 hour', interval '5 seconds' * power(2, least(p.attempts, 10)))
          from due
         where p.id = due.id
        returning {PayoutRow.Columns}
        """;

    /// <summary>Only while its destination is the one that this invoice is for.</summary>
    const string Dispatch = """
        update market.payout
           set state = 'dispatched', invoice = @invoice, changed_at = now()
         where id = @Id and state = 'requested' and target = @Target
        """;

    /// <summary>Only as the way that came to this end: its owner may have chosen another.</summary>
    const string End = """
        update market.payout
           set state = @State, token = @Token, preimage = @Preimage, last_error = @problem, changed_at = now()
         where id = @Id and state in ('requested', 'dispatched') and way = @Way
        """;

    const string Note = "update market.payout set last_error = @error, changed_at = now() where id = @Id";

    [LoggerMessage(LogLevel.Information, "Payout {PayoutId} of {Amount} by {Way}: {State}, {Code}")]
    partial void LogEnded(Guid payoutId, Msat amount, string way, string state, string code);

    [LoggerMessage(LogLevel.Warning, "Payout {PayoutId} waits: {Code}")]
    partial void LogWaits(Guid payoutId, string code);

    [LoggerMessage(LogLevel.Error, "Sending payouts was interrupted")]
    partial void LogInterrupted(Exception e);
}
