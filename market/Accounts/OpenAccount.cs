using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Accounts;

/// <summary>A key becomes known here, or an account gets another role. Safe to repeat.</summary>
public static class OpenAccount
{
    public static Task HandleAsync(
        NpgsqlTransaction tx, string pubkey, AccountRole role, string displayName, CancellationToken ct) =>
        tx.RunAsync(Upsert, new { pubkey, role = role.ToString().ToLowerInvariant(), displayName }, ct);

    const string Upsert = """
        insert into market.account as known (pubkey, roles, display_name)
        values (@pubkey, array[@role], @displayName)
        on conflict (pubkey) do update
           set roles = known.roles || array[@role]
         where not known.roles @> array[@role]
        """;
}

/// <summary>What a key may do here. One account may have several.</summary>
public enum AccountRole
{
    Customer,
    Developer,
    Validator,
    Arbitrator,
    Operator,
}
