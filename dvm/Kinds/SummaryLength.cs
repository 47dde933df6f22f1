using System.Globalization;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>How long a summary may be: a bound that is kept to the word.</summary>
sealed record SummaryLength(int Count, SummaryUnit Unit)
{
    public const int CountMax = 10_000;

    public static readonly SummaryLength Default = new(100, SummaryUnit.Words);

    /// <summary>"100", "100 words", "3 sentences", "2 paragraphs", in any case; null for anything else.</summary>
    public static SummaryLength? Parse(string text)
    {
        var parts = text.Split([' ', '-', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > 2) return null;
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        if (count is < 1 or > CountMax) return null;

        SummaryUnit? unit = (parts.Length == 1 ? "words" : parts[1].ToLowerInvariant()) switch
        {
            "word" or "words" => SummaryUnit.Words,
            "sentence" or "sentences" => SummaryUnit.Sentences,
            "paragraph" or "paragraphs" => SummaryUnit.Paragraphs,
            _ => null,
        };
        return unit is null ? null : new(count, unit.Value);
    }
}

enum SummaryUnit
{
    Words,
    Sentences,
    Paragraphs,
}
