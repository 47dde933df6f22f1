using System.Globalization;
using System.Text;

namespace PoA.Nostr.Market.Index;

/// <summary>
/// Cuts text into search terms in any language: runs of letters and digits in lower case; scripts that put no space
/// between words (Han, kana, Thai) in overlapping pairs. The same cut makes the index and the query.
/// </summary>
public static class Terms
{
    /// <summary>A longer run is a key, an address or noise: nobody types it.</summary>
    public const int LengthMax = 40;

    /// <summary>Distinct terms kept of one text.</summary>
    public const int CountMax = 2_000;

    /// <summary>Distinct terms in order of appearance, at most <paramref name="countMax"/>.</summary>
    public static IReadOnlyList<string> Of(string text, int countMax = CountMax)
    {
        HashSet<string> seen = [];
        List<string> terms = [];
        StringBuilder run = new();
        var dense = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (terms.Count >= countMax) break;
            if (!IsWord(rune))
            {
                Cut(run, dense, seen, terms);
                continue;
            }

            if (run.Length > 0 && IsDense(rune) != dense) Cut(run, dense, seen, terms);
            dense = IsDense(rune);
            run.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        Cut(run, dense, seen, terms);
        return terms.Count > countMax ? terms[..countMax] : terms;
    }

    /// <summary>
    /// A tsquery: all terms must be met, those of three letters also as the beginning of a longer one. Empty when the
    /// text has no term.
    /// </summary>
    public static string Query(string text, int countMax = 16) =>
        string.Join(" & ", Of(text, countMax).Select(
            term => term.Length < 3 && char.IsAscii(term[0]) ? $"'{term}'" : $"'{term}':*"));

    static void Cut(StringBuilder run, bool dense, HashSet<string> seen, List<string> terms)
    {
        var word = run.ToString();
        run.Clear();
        if (word.Length == 0 || (!dense && word.Length > LengthMax)) return;

        if (!dense || word.Length <= 2)
        {
            if (seen.Add(word)) terms.Add(word);
            return;
        }

        for (var i = 0; i + 2 <= word.Length; i++)
        {
            if (seen.Add(word.Substring(i, 2))) terms.Add(word.Substring(i, 2));
        }
    }

    static bool IsWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    static bool IsDense(Rune rune) => rune.Value
        is (>= 0x0E00 and <= 0x0EFF) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF);
}
