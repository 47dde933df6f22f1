using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Ecash that somebody sent for a job or a balance: swapped first, and counted only once it is ours. The same token for
/// the same purpose is one payment, however often and by whatever way it comes.
/// </summary>
public sealed class PayWithToken(IEnumerable<CashuWallet> wallets, AgentDirectory agents, ReadJob jobs)
{
    /// <param name="jobId">The job that is paid.</param>
    /// <param name="token">Bare, or locked to the agent's key for ecash.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="ct">Stops the waiting; what is under way is finished by the wallet.</param>
    public async Task<ReceiveOutcome> ForJobAsync(
        string jobId, CashuToken token, TokenSource source, CancellationToken ct)
    {
        if (await jobs.FindAsync(jobId, ct) is not { IsPaid: true } job)
        {
            return new ReceiveOutcome.Refused(EscrowProblems.NoSuchJob);
        }

        return await ReceiveAsync(
            new(QuoteWays.JobPurpose, job.Id), token, source with { Payer = source.Payer ?? job.Customer },
            agents.CashuKey(job.Agent), ct);
    }

    /// <inheritdoc cref="ForJobAsync"/>
    public Task<ReceiveOutcome> ForBalanceAsync(string key, CashuToken token, CancellationToken ct) =>
        ReceiveAsync(new(DepositBalance.BalancePurpose, key), token, new("cashu", key), null, ct);

    /// <inheritdoc cref="ForJobAsync"/>
    public Task<ReceiveOutcome> ForTreasuryAsync(CashuToken token, CancellationToken ct) =>
        ReceiveAsync(new(DepositTreasury.TreasuryPurpose, "platform"), token, new("cashu", null), null, ct);

    async Task<ReceiveOutcome> ReceiveAsync(
        PaymentPurpose purpose, CashuToken token, TokenSource source, SecretKey? key, CancellationToken ct)
    {
        if (wallets.FirstOrDefault() is not { Mints.Count: > 0 } wallet)
        {
            return new ReceiveOutcome.Refused(EscrowProblems.NoEcash);
        }

        var payment = new TokenPayment(IdOf(purpose, token), purpose, source.Rail, token)
        {
            Key = key,
            Payer = source.Payer,
            Nutzap = source.Nutzap,
            IsPublic = source.IsPublic && token.Proofs.Any(proof => !SpendingCondition.IsWellKnown(proof.Secret)),
        };
        return await wallet.ReceiveAsync(payment, ct);
    }

    static Guid IdOf(PaymentPurpose purpose, CashuToken token)
    {
        var secrets = token.Proofs.Select(proof => proof.Secret).Order(StringComparer.Ordinal);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', secrets)));
        return Uuid5.Of("token", $"{purpose}:{Convert.ToHexStringLower(hash)}");
    }
}

/// <summary>Where a token came from.</summary>
/// <param name="Rail">"cashu" or "nutzap".</param>
/// <param name="Payer">Key of who sent it, where that is known: whatever goes back goes there.</param>
/// <param name="IsPublic">Everybody could read it.</param>
/// <param name="Nutzap">Id of the nutzap that brought it, or null.</param>
public sealed record TokenSource(string Rail, string? Payer, bool IsPublic = false, string? Nutzap = null);
