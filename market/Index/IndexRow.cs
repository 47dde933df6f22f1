using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace PoA.Nostr.Market.Index;

/// <summary>An event read back from the index: all but its signature, which the index does not keep.</summary>
static class IndexRow
{
    public const string Columns = "id, pubkey, created_at, kind, tags::text, content";

    public static NostrEvent Read(NpgsqlDataReader reader) => new(
        Convert.ToHexStringLower((byte[])reader[0]), Convert.ToHexStringLower((byte[])reader[1]), reader.GetInt64(2),
        reader.GetInt32(3), JsonSerializer.Deserialize<string[][]>(reader.GetString(4))!, reader.GetString(5), "");

    /// <summary>Runs a query whose columns are <see cref="Columns"/>.</summary>
    public static async Task<List<NostrEvent>> ReadAllAsync(
        NpgsqlDataSource db, string sql, IEnumerable<NpgsqlParameter> parameters, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<NostrEvent> events = [];
        while (await reader.ReadAsync(ct)) events.Add(Read(reader));
        return events;
    }

    public static NpgsqlParameter Bytes(string name, IEnumerable<string>? hex) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Bytea)
        {
            Value = hex is null ? DBNull.Value : hex.Where(Hex.Is32).Select(Convert.FromHexString).ToArray(),
        };

    public static NpgsqlParameter Whole(string name, long? value) =>
        new(name, NpgsqlDbType.Bigint) { Value = value is null ? DBNull.Value : value };
}
