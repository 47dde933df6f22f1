using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PoA.Nostr.Database;

namespace PoA.Nostr.Bench.Ledger;

/// <summary>PostgreSQL's own load program, with the SQL that the ledger's door sends, as the service's role.</summary>
sealed partial class PgBench(PostgresPlace place, int seconds)
{
    /// <summary>Settlements a second of so many clients, each on a connection of its own.</summary>
    public async Task<double> RunAsync(int clients, int payers)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                script, Settle.Replace("PAYERS", $"{payers - 1}", StringComparison.Ordinal));
            var start = new ProcessStartInfo(Path.Combine(place.Bin, "pgbench"))
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            string[] args =
            [
                "-h", place.Socket, "-U", ServiceRole.Name, "-n", "-M", "prepared", "-f", script,
                "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{seconds}", "poa",
            ];
            foreach (var arg in args) start.ArgumentList.Add(arg);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return Rate().Match(output) is { Success: true } rate
                ? double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench failed: {await errors}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>
    /// What InTransactionAsync and PostAsync send, as three statements. A colon would begin a variable, even in a text.
    /// </summary>
    const string Settle = """
        \set payer random(0, PAYERS)
        \set payee random(0, PAYERS)
        begin;
        select outcome, at, from_left, to_left
          from ledger.post(
              array[
                  'balance' || chr(58) || 'p' || :payer::int, 'balance' || chr(58) || 'q' || :payee::int,
                  'platform' || chr(58) || 'fees'],
              array[0, 0],
              array[gen_random_uuid(), gen_random_uuid()], array[0, 0], array[1, 1], array[2, 3],
              array[20000, 1000]::bigint[], array['settle', 'fee'], array['bench', 'bench']);
        commit;
        """;

    [GeneratedRegex(@"tps = ([0-9.]+) \(without initial connection time\)")]
    private static partial Regex Rate();
}
