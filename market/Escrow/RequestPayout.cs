using System.Text.RegularExpressions;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Somebody takes money out of their balance: it leaves for the payout's own account at once, and is sent from there.
/// The destination may be replaced until it is dispatched.
/// </summary>
public sealed partial class RequestPayout(NpgsqlDataSource db)
{
    public const string ByLightning = "lightning";
    public const string ByToken = "token";

    /// <summary>The payout as it stands: asked for now, or before under the same id.</summary>
    /// <param name="id">Idempotency key, the caller's.</param>
    /// <param name="account">Key whose balance pays.</param>
    /// <param name="amount">Whole sats: what arrives.</param>
    /// <param name="target">A Lightning address (LUD-16), or "token" for ecash.</param>
    /// <param name="ct">Stops it; nothing is kept then.</param>
    /// <exception cref="ProblemException">Refused, and nothing moved.</exception>
    public async Task<Payout> HandleAsync(Guid id, string account, Msat amount, string target, CancellationToken ct)
    {
        if (Refuse(amount, target) is { } problem) throw new ProblemException(problem);

        var way = target == ByToken ? ByToken : ByLightning;
        var reserve = way == ByToken ? Msat.Zero : ReserveOf(amount);
        await db.InTransactionAsync(
            async tx =>
            {
                var row = new
                {
                    id,
                    account,
                    amount = amount.Value,
                    reserve = reserve.Value,
                    way,
                    target = way == ByToken ? "" : target.ToLowerInvariant(),
                };
                if (await tx.RunAsync(Insert, row, ct) == 0) return;
                if (await AuditBooks.RefuseWithdrawalAsync(tx, ct) is { } stopped) throw new ProblemException(stopped);

                await Books.PostAsync(
                    tx,
                    new Transfer(
                        Uuid5.Of("payout", id.ToString()), AccountCode.Balance(account), AccountCode.Payout(id),
                        amount + reserve, "payout", id.ToString()),
                    ct);
            },
            ct);
        var payout = await FindAsync(id, account, ct);
        return payout.Amount == amount && payout.Way == way
            ? payout
            : throw new ProblemException(EscrowProblems.PayoutDiffers);
    }

    /// <summary>Another destination of the same sort, as long as nothing was sent.</summary>
    public async Task<Payout> ReplaceAsync(Guid id, string account, string target, CancellationToken ct)
    {
        if (!Address().IsMatch(target)) throw new ProblemException(EscrowProblems.TargetMalformed);
        var payout = await FindAsync(id, account, ct);
        return await db.RunAsync(Replace, new { id, account, target = target.ToLowerInvariant() }, ct) == 1
            ? payout with { Target = target }
            : throw new ProblemException(EscrowProblems.PayoutDispatched);
    }

    /// <summary>Only its own account sees it.</summary>
    public async Task<Payout> FindAsync(Guid id, string account, CancellationToken ct) =>
        (await db.OneAsync<PayoutRow>(Select, new { id, account }, ct))?.ToPayout()
        ?? throw new ProblemException(EscrowProblems.PayoutUnknown);

    internal static Problem? Refuse(Msat amount, string target) =>
        amount.Value < 1_000 || amount.Value % 1_000 != 0 || amount > Books.AmountMax
            ? LedgerProblems.AmountOutOfRange :
        target != ByToken && !Address().IsMatch(target) ? EscrowProblems.TargetMalformed :
        null;

    /// <summary>One in a hundred, and two sats at least: what mints are known to ask.</summary>
    internal static Msat ReserveOf(Msat amount) => Msat.FromSat(Math.Max(2, (amount.Sat + 99) / 100));

    /// <summary>LUD-16; a port only where the host is one of ours on a devnet.</summary>
    [GeneratedRegex(@"^[a-z0-9._+-]{1,64}@[a-z0-9.-]{1,253}(:[0-9]{1,5})?$", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    const string Insert = """
        insert into market.payout (id, account, amount_msat, reserve_msat, way, target)
        values (@id, @account, @amount, @reserve, @way, @target)
        on conflict (id) do nothing
        """;

    const string Replace = """
        update market.payout
           set target = @target, due_at = now(), changed_at = now()
         where id = @id and account = @account and state = 'requested' and way = 'lightning'
        """;

    const string Select = $"select {PayoutRow.Columns} from market.payout p where p.id = @id and p.account = @account";
}
