using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// A database belongs to one network, "devnet" or "mainnet", from its first start on. Play money and real money never
/// share one, so a start for the other network is refused.
/// </summary>
public static class NetworkStamp
{
    public static async Task CheckAsync(NpgsqlDataSource db, string network, CancellationToken ct)
    {
        var born = await db.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync(Create, null, ct);
                return await tx.OneAsync<string>(Stamp, new { network }, ct);
            },
            ct);
        if (born != network)
        {
            throw new WrongNetworkException(
                $"This database was made for {born} and cannot serve {network}: give it a database of its own.");
        }
    }

    const string Create = """
        select pg_advisory_xact_lock(4847);
        create table if not exists public.network_stamp (
            network text not null check (network in ('devnet', 'mainnet')),
            born_at timestamptz not null default now(),
            single  boolean primary key default true check (single)
        )
        """;

    const string Stamp = """
        with stamped as (
            insert into public.network_stamp (network) values (@network)
            on conflict do nothing
            returning network
        )
        select network from stamped
        union all
        select network from public.network_stamp
        limit 1
        """;
}

/// <summary>The database belongs to the other network.</summary>
public sealed class WrongNetworkException(string message) : Exception(message);
