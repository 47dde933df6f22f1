using Npgsql;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Custody in our own books: the money of a job stands on an account of its own, which is emptied once. For whatever
/// cannot be held anywhere else: plain invoices, ecash, zaps and balances.
/// </summary>
public sealed class LedgerEscrow : IEscrowBackend
{
    public const string BackendName = "ledger";

    public string Name => BackendName;

    public async Task<IReadOnlyList<Problem?>> MoveAsync(
        NpgsqlTransaction tx, IReadOnlyList<EscrowMove> moves, CancellationToken ct)
    {
        var sets = await Books.PostEachAsync(tx, [.. moves.Select(Transfers)], ct);
        return [.. sets.Select(set => set.Problem)];
    }

    /// <summary>Pure: what a move is in the books.</summary>
    internal static IReadOnlyList<Transfer> Transfers(EscrowMove move) => move switch
    {
        EscrowMove.Lock locked => Of(locked),
        EscrowMove.Release released => Of(released),
        EscrowMove.Return returned => Of(returned),
        EscrowMove.Split split => [.. Of(split.Released), .. Of(split.Returned)],
        _ => throw new ArgumentOutOfRangeException(nameof(move)),
    };

    static List<Transfer> Of(EscrowMove.Lock locked)
    {
        var (job, escrow) = (locked.Job, AccountCode.Escrow(locked.Job));
        List<Transfer> transfers =
            [new(Uuid5.Of("fund", job), locked.Source, escrow, locked.Amount - locked.Cover, "fund", job)];
        if (locked.Cover > Msat.Zero)
        {
            transfers.Add(
                new(Uuid5.Of("fund-cost", job), AccountCode.RailCost, escrow, locked.Cover, "fund-cost", job));
        }

        return transfers;
    }

    /// <summary>A payee or a fee of nothing is no transfer.</summary>
    static List<Transfer> Of(EscrowMove.Release released)
    {
        var (job, escrow) = (released.Job, AccountCode.Escrow(released.Job));
        List<Transfer> transfers = [];
        if (released.Amount > released.Fee)
        {
            transfers.Add(new(
                Uuid5.Of("settle", job), escrow, AccountCode.Balance(released.Payee), released.Amount - released.Fee,
                "settle", job));
        }

        if (released.Fee > Msat.Zero)
        {
            transfers.Add(new(Uuid5.Of("fee", job), escrow, AccountCode.Fees, released.Fee, "fee", job));
        }

        return transfers;
    }

    static IReadOnlyList<Transfer> Of(EscrowMove.Return returned) => RefundOrder.Transfers(
        returned.Refund, AccountCode.Escrow(returned.Job), returned.Amount, returned.Cost);
}
