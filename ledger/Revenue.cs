using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>What the platform earned, a row a UTC day, rolled up from the transfers.</summary>
public static class Revenue
{
    /// <summary>Rolls up every day from <paramref name="since"/> on, as often as one likes.</summary>
    /// <returns>How many days changed.</returns>
    public static Task<int> RollUpAsync(NpgsqlDataSource db, DateOnly since, CancellationToken ct) =>
        db.OneAsync<int>(RollUp, new { since = since.ToDateTime(TimeOnly.MinValue) }, ct);

    /// <summary>The days that were rolled up, latest first.</summary>
    public static async Task<IReadOnlyList<RevenueOfDay>> ReadAsync(
        NpgsqlDataSource db, int most, CancellationToken ct) =>
    [
        .. (await db.ManyAsync<Row>(SelectDays, new { most }, ct)).Select(row => new RevenueOfDay(
            DateOnly.FromDateTime(row.Day), new(row.FeesMsat), new(row.ReturnedMsat), new(row.CostMsat), row.Fees)),
    ];

    sealed record Row(DateTime Day, long FeesMsat, long ReturnedMsat, long CostMsat, long Fees);

    const string RollUp = "select ledger.roll_up(@since::date)";

    const string SelectDays = """
        select day::timestamp as Day, fees_msat as FeesMsat, returned_msat as ReturnedMsat, cost_msat as CostMsat,
               fees as Fees
          from ledger.platform_revenue
         order by day desc
         limit @most
        """;
}

/// <param name="Day">In UTC.</param>
/// <param name="Earned">Fees that came in.</param>
/// <param name="Returned">Fees that went out again: given back, or taken as profit.</param>
/// <param name="Cost">What rails took.</param>
/// <param name="Fees">How many fees came in.</param>
public sealed record RevenueOfDay(DateOnly Day, Msat Earned, Msat Returned, Msat Cost, long Fees);
