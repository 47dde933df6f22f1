using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>
/// Applies each floor's Schema/NNNN_what.sql once, in order, all or nothing. Forward only: a script that was edited
/// after it was applied, or that vanished, stops the start. Any number of processes may start at once.
/// </summary>
public static class Migrator
{
    /// <param name="db">A direct connection; the lock is held for the transaction alone.</param>
    /// <param name="floors">Assemblies with embedded scripts, lower floors first.</param>
    /// <param name="ct">Stops the migration; nothing is kept then.</param>
    public static Task RunAsync(NpgsqlDataSource db, IEnumerable<Assembly> floors, CancellationToken ct) =>
        RunAsync(db, Scripts(floors), ct);

    internal static Task RunAsync(NpgsqlDataSource db, IReadOnlyList<Script> scripts, CancellationToken ct) =>
        db.InTransactionAsync(
            async tx =>
            {
                await tx.RunAsync(Lock, null, ct);
                await tx.RunAsync(CreateHistory, null, ct);
                var applied = (await tx.ManyAsync<(string Name, string Sha256)>(SelectHistory, null, ct))
                    .ToDictionary(row => row.Name, row => row.Sha256);
                if (applied.Keys.Except(scripts.Select(script => script.Name)).FirstOrDefault() is { } unknown)
                {
                    throw new MigrationException(
                        $"The database knows {unknown}, this build does not: it was started by a newer version.");
                }

                foreach (var script in scripts) await ApplyAsync(tx, script, applied, ct);
            },
            ct);

    static async Task ApplyAsync(
        NpgsqlTransaction tx, Script script, Dictionary<string, string> applied, CancellationToken ct)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.Text)));
        if (applied.TryGetValue(script.Name, out var before))
        {
            if (before == sha256) return;
            throw new MigrationException($"{script.Name} changed after it was applied: write a new script instead.");
        }

        await tx.RunAsync(script.Text, null, ct);
        await tx.RunAsync(InsertHistory, new { script.Name, sha256 }, ct);
    }

    internal static IReadOnlyList<Script> Scripts(IEnumerable<Assembly> floors) =>
    [
        .. from floor in floors
           from name in floor.GetManifestResourceNames().Order(StringComparer.Ordinal)
           where name.Contains('/', StringComparison.Ordinal)
           select new Script(name, Read(floor, name)),
    ];

    static string Read(Assembly floor, string name)
    {
        using var reader = new StreamReader(floor.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    internal sealed record Script(string Name, string Text);

    internal const string Lock = "select pg_advisory_xact_lock(4846)";

    const string CreateHistory = """
        create table if not exists public.schema_history (
            name       text primary key,
            sha256     text not null,
            applied_at timestamptz not null default now()
        )
        """;

    const string SelectHistory = "select name, sha256 from public.schema_history";

    const string InsertHistory = "insert into public.schema_history (name, sha256) values (@Name, @sha256)";
}

/// <summary>The database and this build disagree about the schema. Says what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
