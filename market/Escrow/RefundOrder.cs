using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Market.Escrow;

/// <summary>Money that is owed back to a payer: what the refund's row begins with.</summary>
/// <param name="Id">Of the refund, derived from its cause: the same cause is refunded once.</param>
/// <param name="Job">The job that it was paid for, or null where there is none.</param>
/// <param name="Payer">Key that gets it, or null where nobody knows who paid.</param>
/// <param name="Agent">Key that tells the payer.</param>
/// <param name="Amount">What was paid.</param>
/// <param name="Reason">A problem's code.</param>
public sealed record RefundOrder(Guid Id, string? Job, string? Payer, string? Agent, Msat Amount, string Reason)
{
    /// <summary>Onto the refund's account: what arrived, and what the rail kept of it, which is our cost.</summary>
    internal static IReadOnlyList<Transfer> Transfers(Guid id, string source, Msat amount, Msat cost)
    {
        var (account, cause) = (AccountCode.Refund(id), id.ToString());
        List<Transfer> transfers = [new(Uuid5.Of("refund", cause), source, account, amount, "refund", cause)];
        if (cost > Msat.Zero)
        {
            transfers.Add(new(
                Uuid5.Of("refund-cost", cause), AccountCode.RailCost, account, cost, "refund-cost", cause));
        }

        return transfers;
    }

    /// <summary>In the transaction that moves the money onto the refund's account.</summary>
    internal static Task AddAsync(NpgsqlTransaction tx, IReadOnlyList<RefundOrder> orders, CancellationToken ct) =>
        tx.RunAsync(Insert, new Rows([.. orders]), ct);

    sealed class Rows(List<RefundOrder> orders)
    {
        public List<Guid> Id { get; } = orders.ConvertAll(order => order.Id);
        public List<string?> Job { get; } = orders.ConvertAll(order => order.Job);
        public List<string?> Payer { get; } = orders.ConvertAll(order => order.Payer);
        public List<string?> Agent { get; } = orders.ConvertAll(order => order.Agent);
        public List<long> AmountMsat { get; } = orders.ConvertAll(order => order.Amount.Value);
        public List<string> Reason { get; } = orders.ConvertAll(order => order.Reason);
    }

    const string Insert = """
        insert into market.refund (id, job, payer, agent, amount_msat, reason)
        select * from unnest(@Id, @Job, @Payer, @Agent, @AmountMsat, @Reason)
        on conflict (id) do nothing
        """;
}
