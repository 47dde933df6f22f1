using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// The role that the service works as. It reads and writes the rows of every schema, and makes, changes and drops
/// none; of a guarded schema it may only read the tables and call the functions.
/// </summary>
public static class ServiceRole
{
    /// <summary>Its name in a private cluster.</summary>
    public const string Name = "poa_service";

    /// <summary>Grants what belongs to the role, and takes away what does not. Makes it where there is none.</summary>
    /// <param name="owner">Connects as the owner of the schemas; migrated.</param>
    /// <param name="role">What the service connects as: another role than the owner.</param>
    /// <param name="guarded">Schemas whose tables are written by their own functions alone.</param>
    /// <param name="ct">Stops it; nothing is changed then.</param>
    public static Task AllowAsync(
        NpgsqlDataSource owner, string role, IReadOnlyCollection<string> guarded, CancellationToken ct) =>
        owner.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync(Migrator.Lock, null, ct);
                var quoted = Quote(role);
                if (!await tx.OneAsync<bool>(SelectExists, new { role }, ct))
                {
                    await tx.RunAsync($"create role {quoted} login", null, ct);
                }

                foreach (var schema in await tx.ManyAsync<string>(SelectSchemas, null, ct))
                {
                    var grants = guarded.Contains(schema) || schema == "public" ? Reading : Writing;
                    await tx.RunAsync(
                        grants.Replace("{schema}", Quote(schema), StringComparison.Ordinal)
                            .Replace("{role}", quoted, StringComparison.Ordinal),
                        null, ct);
                }
            },
            ct);

    /// <summary>Whether this connection's role could write a table that it should only read.</summary>
    public static Task<bool> MayWriteAsync(NpgsqlDataSource db, string table, CancellationToken ct) =>
        db.OneAsync<bool>(SelectMayWrite, new { table }, ct);

    static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    const string SelectExists = "select exists (select from pg_roles where rolname = @role)";

    const string SelectSchemas = """
        select nspname from pg_namespace
         where nspname not like 'pg\_%' and nspname <> 'information_schema' and pg_has_role(nspowner, 'usage')
         order by nspname
        """;

    const string Writing = """
        grant usage on schema {schema} to {role};
        grant select, insert, update, delete on all tables in schema {schema} to {role};
        grant usage on all sequences in schema {schema} to {role};
        """;

    const string Reading = """
        revoke all on all tables in schema {schema} from public, {role};
        revoke all on all functions in schema {schema} from public;
        grant usage on schema {schema} to {role};
        grant select on all tables in schema {schema} to {role};
        grant execute on all functions in schema {schema} to {role};
        """;

    const string SelectMayWrite = "select has_table_privilege(@table, 'insert, update, delete, truncate')";
}
