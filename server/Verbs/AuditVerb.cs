using System.CommandLine;
using System.Globalization;
using Npgsql;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa audit</c>: recomputes the books and compares them with the rails and with what is owed. Exit code 0 when
/// all is well, 17 when something is broken.
/// </summary>
static class AuditVerb
{
    /// <summary>One line a rail: each reads what it keeps from the same snapshot as the books.</summary>
    static readonly IReadOnlyList<IRailAudit> Rails = [new CashuAudit()];

    public static Command Create()
    {
        var verb = new Command("audit", "Recompute the books, and compare them with the rails.")
        {
            Verb.Data,
            Verb.Json,
        };
        verb.SetAction(async (parsed, ct) =>
        {
            await using var db = NpgsqlDataSource.Create(Verb.Connection(parsed));
            var report = await new AuditBooks(db, Rails, TimeProvider.System).RunAsync(ct);
            Console.WriteLine(parsed.GetValue(Verb.Json) ? report.ToJson() : Describe(report));
            return report.Balanced ? 0 : LedgerProblems.NotBalanced.Recovery.ExitCode();
        });
        return verb;
    }

    internal static string Describe(AuditReport report)
    {
        var lines = new List<string>
        {
            $"books: {Count(report.Accounts)} accounts, {Count(report.Transfers)} transfers",
        };
        foreach (var check in report.Books)
        {
            lines.Add($"  {Mark(check.Broken == 0)}  {check.Name,-9} {check.Sentence}");
            if (check.Broken == 0) continue;
            lines.Add($"        {Count(check.Broken)} broken:");
            lines.AddRange(check.Examples.Select(example => $"        {example}"));
        }

        lines.Add(report.Rails.Count == 0 ? "rails: none has had money" : "rails");
        foreach (var rail in report.Rails)
        {
            lines.Add($"  {Mark(rail.Agrees)}  {rail.Account}: books {Sat(rail.BooksMsat)}, "
                + (rail.Watched
                    ? $"live {Sat(rail.LiveMsat)}, in flight {Sat(rail.InFlightMsat)}"
                    : "and nobody says what is there")
                + (rail.DifferenceMsat == 0 ? "" : $": {Sat(rail.DifferenceMsat)} too many or too few"));
        }

        var (owed, assets, own) = report.Liabilities;
        lines.Add("liabilities");
        lines.Add($"  {Mark(report.Liabilities.Covered)}  owed {Sat(owed)}, there for it {Sat(assets)}; "
            + $"the platform's own is {Sat(own)}");
        lines.Add(report.Balanced ? "balanced" : $"NOT BALANCED: {string.Join(", ", report.Broken)}");
        return string.Join('\n', lines);
    }

    static string Mark(bool well) => well ? "ok  " : "FAIL";

    static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Sats with as many decimals as there are.</summary>
    static string Sat(long msat) => $"{(msat / 1000m).ToString("#,0.###", CultureInfo.InvariantCulture)} sat";
}
