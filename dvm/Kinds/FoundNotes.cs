using System.Globalization;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Checks an answer that names notes: every one is looked up by its id, and each condition is put to the
/// note itself rather than to the query that found it.
/// </summary>
sealed class FoundNotes(LookUpEvents index)
{
    const string VersionTag = "index_version";

    /// <summary>The answer, with the version of the index that it was read from.</summary>
    public static JobOutput Output(IEnumerable<string[]> tags, long version) => new(
        TagList.Write(tags), "application/json", [[VersionTag, version.ToString(CultureInfo.InvariantCulture)]]);

    /// <param name="output">What was answered.</param>
    /// <param name="max">How many it may name.</param>
    /// <param name="wrong">Says what is wrong with one note, or null.</param>
    /// <param name="ct">Stops the look-up.</param>
    public async Task<Problem?> VerifyAsync(
        JobOutput output, int max, Func<NostrEvent, string?> wrong, CancellationToken ct)
    {
        if (TagList.Read(output.Content) is not { } tags) return KindsProblems.Wrong("It is not an array of tags.");
        if (tags.Length > max) return KindsProblems.Wrong($"It names {tags.Length}, more than {max}.");
        if (tags.Any(tag => tag[0] != "e")) return KindsProblems.Wrong("It holds tags of other names.");
        if (tags.DistinctBy(tag => tag[1]).Count() < tags.Length) return KindsProblems.Wrong("A note is there twice.");
        if (Version(output) is not { } version) return KindsProblems.Wrong("It does not say when it was read.");

        var notes = await index.ByIdAsync([.. tags.Select(tag => tag[1])], ct);
        var missing = tags.Length - notes.Count;
        if (missing > 0 && missing > await index.RemovedSinceAsync(version, [1, 30023], ct))
        {
            return KindsProblems.Wrong($"{missing} of the notes do not exist.");
        }

        return notes.Select(wrong).FirstOrDefault(fault => fault is not null) is { } fault
            ? KindsProblems.Wrong(fault)
            : null;
    }

    /// <summary>Whether every word of the query stands in the note, compared without the search index.</summary>
    public static bool HoldsWords(NostrEvent note, string query)
    {
        var text = $"{note.Content} {note.Tag("title")} {note.Tag("summary")}";
        return Terms.Of(query, 16).All(term => text.Contains(term, StringComparison.OrdinalIgnoreCase)
            || text.ToLowerInvariant().Contains(term, StringComparison.Ordinal));
    }

    static long? Version(JobOutput output) =>
        output.Tags?.FirstOrDefault(tag => tag is [VersionTag, _]) is { } tag
        && long.TryParse(tag[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
