using System.Text.RegularExpressions;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Somebody takes money out of their balance: it leaves for the payout's own account at once, and is sent from there.
/// The destination may be replaced until it is dispatched.
/// </summary>
public sealed partial class RequestPayout(NpgsqlDataSource db, IEnumerable<CashuWallet> wallets)
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

        var (way, to, reserve) = Destination(amount, target);
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
                    target = to,
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

    /// <summary>
    /// Another destination, of either sort, as long as nothing was sent. What its way may cost more comes out of the
    /// balance, and what it may cost less goes back there. A token that is given up stays so.
    /// </summary>
    public async Task<Payout> ReplaceAsync(Guid id, string account, string target, CancellationToken ct)
    {
        var payout = await FindAsync(id, account, ct);
        if (Refuse(payout.Amount, target) is { } problem) throw new ProblemException(problem);

        var (way, to, reserve) = Destination(payout.Amount, target);
        if (payout.Way == ByToken && way != ByToken) await GiveUpTokenAsync(id, ct);
        await db.InTransactionAsync(
            async tx =>
            {
                if (await tx.OneAsync<long?>(SelectRequested, new { id, account }, ct) is not { } kept)
                {
                    throw new ProblemException(EscrowProblems.PayoutDispatched);
                }

                await tx.RunAsync(Replace, new { id, way, to, reserve = reserve.Value }, ct);
                if (reserve.Value == kept) return;

                // It happens with the change of its row, or not at all: no repeat of it can come.
                var (fresh, balance, waiting) = (Guid.NewGuid(), AccountCode.Balance(account), AccountCode.Payout(id));
                await Books.PostAsync(
                    tx,
                    reserve.Value > kept
                        ? new Transfer(fresh, balance, waiting, new(reserve.Value - kept), "payout-reserve", $"{id}")
                        : new Transfer(fresh, waiting, balance, new(kept - reserve.Value), "payout-reserve", $"{id}"),
                    ct);
            },
            ct);
        return await FindAsync(id, account, ct);
    }

    /// <summary>Nobody makes it after this; unless it is made, or in the making.</summary>
    async Task GiveUpTokenAsync(Guid id, CancellationToken ct)
    {
        if (wallets.FirstOrDefault() is not { } wallet) return;

        foreach (var mint in wallet.Mints)
        {
            if (!await wallet.GiveUpAsync(TokenOf(id, mint), ct))
            {
                throw new ProblemException(EscrowProblems.PayoutDispatched);
            }
        }
    }

    /// <summary>The operation of the wallet that makes a payout's token at a mint.</summary>
    internal static Guid TokenOf(Guid payout, string mint) => Uuid5.Of("payout-token", $"{payout}:{mint}");

    /// <summary>Only its own account sees it.</summary>
    public async Task<Payout> FindAsync(Guid id, string account, CancellationToken ct) =>
        (await db.OneAsync<PayoutRow>(Select, new { id, account }, ct))?.ToPayout()
        ?? throw new ProblemException(EscrowProblems.PayoutUnknown);

    internal static Problem? Refuse(Msat amount, string target) =>
        amount.Value < 1_000 || amount.Value % 1_000 != 0 || amount > Books.AmountMax
            ? LedgerProblems.AmountOutOfRange :
        target != ByToken && !Address().IsMatch(target) ? EscrowProblems.TargetMalformed :
        null;

    static (string Way, string To, Msat Reserve) Destination(Msat amount, string target) => target == ByToken
        ? (ByToken, "", Msat.Zero)
        : (ByLightning, target.ToLowerInvariant(), ReserveOf(amount));

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

    const string SelectRequested = """
        select reserve_msat
          from market.payout
         where id = @id and account = @account and state = 'requested'
           for update
        """;

    const string Replace = """
        update market.payout
           set way = @way, target = @to, reserve_msat = @reserve, last_error = null, due_at = now(), changed_at = now()
         where id = @id
        """;

    const string Select = $"select {PayoutRow.Columns} from market.payout p where p.id = @id and p.account = @account";
}
