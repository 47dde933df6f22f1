using System.Globalization;
using System.Text;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>What a scan found, in the words of clamscan, without times and versions: same file, same report.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Findings">In order of place, each once.</param>
/// <param name="Files">How many were looked into, members of archives included.</param>
/// <param name="Bytes">How many were looked at.</param>
sealed record ScanReport(string Name, IReadOnlyList<Finding> Findings, int Files, long Bytes)
{
    /// <summary>The one word that clients compare with.</summary>
    public const string Clean = "CLEAN";

    /// <summary>A file's name as it may stand in a report: of one line, and not endless.</summary>
    public static string Shown(string name) =>
        string.Concat(name.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    public override string ToString()
    {
        if (Findings.Count == 0) return Clean;

        StringBuilder text = new($"Scanning {Name}\n");
        foreach (var finding in Findings) text.Append($"{finding.Place}: {finding.Signature} FOUND\n");
        var infected = Findings.DistinctBy(finding => finding.Place).Count();
        text.Append("\n----------- SCAN SUMMARY -----------\n");
        text.Append(CultureInfo.InvariantCulture, $"Scanned files: {Files}\nInfected files: {infected}\n");
        text.Append(CultureInfo.InvariantCulture, $"Data scanned: {Bytes / 1_000_000.0:0.00} MB");
        return text.ToString();
    }
}

/// <param name="Place">The file, and after each ! the member of the archive before it.</param>
/// <param name="Signature">What was recognised.</param>
sealed record Finding(string Place, string Signature);
