using System.Diagnostics.Metrics;

namespace PoA.Nostr.Ledger;

/// <summary>What the last audit of this process found.</summary>
static class LedgerTelemetry
{
    static readonly Meter Meter = new("PoA.Nostr.Ledger");
    static AuditReport? _last;

    public static readonly ObservableGauge<int> Broken = Meter.CreateObservableGauge(
        "ledger.audit.broken", () => Of(report => report.Broken.Count), "{check}", "What the last audit found broken.");

    public static readonly ObservableGauge<long> At = Meter.CreateObservableGauge(
        "ledger.audit.at", () => Of(report => report.At.ToUnixTimeSeconds()), "s", "When it was, in Unix time.");

    public static readonly ObservableGauge<long> Owed = Meter.CreateObservableGauge(
        "ledger.owed", () => Of(report => report.Liabilities.OwedMsat), "msat", "What others have here.");

    public static readonly ObservableGauge<long> Assets = Meter.CreateObservableGauge(
        "ledger.assets", () => Of(report => report.Liabilities.AssetsMsat), "msat", "What rails hold for us.");

    public static readonly ObservableGauge<long> Platform = Meter.CreateObservableGauge(
        "ledger.platform", () => Of(report => report.Liabilities.PlatformMsat), "msat", "The platform's own.");

    public static readonly Counter<long> Expired =
        Meter.CreateCounter<long>("ledger.hold.expired", "{hold}", "Holds that nobody resolved in time.");

    public static void Note(AuditReport report) => Volatile.Write(ref _last, report);

    /// <summary>Nothing is said before the first audit.</summary>
    static IEnumerable<Measurement<T>> Of<T>(Func<AuditReport, T> value) where T : struct =>
        Volatile.Read(ref _last) is { } report ? [new(value(report))] : [];
}
