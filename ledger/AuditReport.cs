using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Ledger;

/// <summary>How the books stand at one moment. Amounts are millisatoshi.</summary>
/// <param name="Balanced">Nothing is broken.</param>
/// <param name="At">The moment.</param>
/// <param name="Accounts">How many were looked at.</param>
/// <param name="Transfers">How many were looked at.</param>
/// <param name="Books">What was found in the books.</param>
/// <param name="Rails">What each rail holds, beside what the books say.</param>
/// <param name="Liabilities">What is owed, beside what is there for it.</param>
public sealed record AuditReport(
    bool Balanced, DateTimeOffset At, long Accounts, long Transfers, IReadOnlyList<AuditFinding> Books,
    IReadOnlyList<RailFinding> Rails, Liabilities Liabilities)
{
    /// <summary>The names of what is broken.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Books.Where(check => check.Broken > 0).Select(check => check.Name),
        .. Rails.Where(rail => !rail.Agrees).Select(rail => rail.Account),
        .. Liabilities.Covered ? Array.Empty<string>() : ["liabilities"],
    ];

    public string ToJson() => JsonSerializer.Serialize(this, AuditJson.Default.AuditReport);
}

/// <param name="Name">Stable, for machines.</param>
/// <param name="Sentence">What holds when nothing is broken.</param>
/// <param name="Broken">How many things are.</param>
/// <param name="Examples">The first of them.</param>
public sealed record AuditFinding(string Name, string Sentence, long Broken, IReadOnlyList<string> Examples);

/// <param name="Account">Code of the rail's account.</param>
/// <param name="BooksMsat">What the books say is there: minus its balance.</param>
/// <param name="LiveMsat">What the rail has.</param>
/// <param name="InFlightMsat">What is on its way.</param>
/// <param name="Watched">False where no rail speaks for the account.</param>
public sealed record RailFinding(string Account, long BooksMsat, long LiveMsat, long InFlightMsat, bool Watched)
{
    public long DifferenceMsat => LiveMsat + InFlightMsat - BooksMsat;

    public bool Agrees => DifferenceMsat == 0 && (Watched || BooksMsat == 0);
}

/// <param name="OwedMsat">What others have here: balances, escrows, refunds, payouts.</param>
/// <param name="AssetsMsat">What the rails say that they hold for us.</param>
/// <param name="PlatformMsat">The platform's own: fees and what it put in, less what rails cost.</param>
public sealed record Liabilities(long OwedMsat, long AssetsMsat, long PlatformMsat)
{
    public bool Covered => OwedMsat <= AssetsMsat;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AuditReport))]
sealed partial class AuditJson : JsonSerializerContext;
