using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>What our ecash comes to, a mint at a time, for the audit of the books.</summary>
public sealed class CashuAudit : IRailAudit
{
    /// <summary>
    /// Proofs that an operation has reserved are ours until it ends; where the books have let the money go already,
    /// that much is in flight, below zero.
    /// </summary>
    public async Task<IReadOnlyList<RailStanding>> StandAsync(NpgsqlTransaction tx, CancellationToken ct) =>
    [
        .. (await tx.ManyAsync<Row>(SelectStanding, null, ct)).Select(row => new RailStanding(
            AccountCode.Mint(row.Mint), Msat.FromSat(row.LiveSat), Msat.FromSat(-row.BookedSat))),
    ];

    sealed record Row(string Mint, long LiveSat, long BookedSat);

    const string SelectStanding = """
        select mint as Mint, sum(live)::bigint as LiveSat, sum(booked)::bigint as BookedSat
          from (
            select mint, amount_sat as live, 0 as booked from payments.ecash_proof where state in ('live', 'reserved')
            union all
            select mint, 0, booked_sat from payments.ecash_op where booked_sat > 0) as part
         group by mint
         order by mint
        """;
}
