using System.Globalization;
using System.Text.RegularExpressions;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>One sentence of a text.</summary>
/// <param name="Source">Which text, from 0.</param>
/// <param name="Paragraph">Which paragraph of all texts, from 0.</param>
/// <param name="Offset">Where it begins, in UTF-16 units.</param>
/// <param name="Text">As it stands there.</param>
/// <param name="Words">How long it is.</param>
sealed record Sentence(int Source, int Paragraph, int Offset, string Text, int Words);

/// <summary>Cuts texts into sentences without changing a character, in scripts with spaces and without.</summary>
static partial class Sentences
{
    const string Closers = "\"'”’»)]}」』）";

    /// <summary>Sentences that could not be signed or stored as they are (control characters) are left out.</summary>
    public static List<Sentence> Of(IReadOnlyList<string> texts)
    {
        List<Sentence> all = [];
        var paragraph = 0;
        for (var source = 0; source < texts.Count; source++)
        {
            foreach (var (from, to) in Paragraphs(texts[source]))
            {
                var before = all.Count;
                Cut(texts[source], from, to, source, paragraph, all);
                if (all.Count > before) paragraph++;
            }
        }

        return all;
    }

    /// <summary>Words between white space; in scripts that put none, each character.</summary>
    public static int CountWords(string text)
    {
        var words = 0;
        var inside = false;
        foreach (var c in text)
        {
            if (IsDense(c)) words++;
            else if (!char.IsWhiteSpace(c) && !inside) words++;
            inside = !char.IsWhiteSpace(c) && !IsDense(c);
        }

        return words;
    }

    static IEnumerable<(int From, int To)> Paragraphs(string text)
    {
        var from = 0;
        foreach (Match gap in Gap().Matches(text))
        {
            yield return (from, gap.Index);
            from = gap.Index + gap.Length;
        }

        yield return (from, text.Length);
    }

    static void Cut(string text, int from, int to, int source, int paragraph, List<Sentence> all)
    {
        var begin = from;
        for (var i = from; i < to; i++)
        {
            if (!IsEnd(text, begin, i, to)) continue;

            while (i + 1 < to && (IsStop(text[i + 1]) || Closers.Contains(text[i + 1]))) i++;
            Add(text, begin, i + 1, source, paragraph, all);
            begin = i + 1;
        }

        Add(text, begin, to, source, paragraph, all);
    }

    static void Add(string text, int begin, int end, int source, int paragraph, List<Sentence> all)
    {
        while (begin < end && char.IsWhiteSpace(text[begin])) begin++;
        while (end > begin && char.IsWhiteSpace(text[end - 1])) end--;
        var sentence = text[begin..end];
        if (!sentence.Any(char.IsLetterOrDigit) || sentence.Any(IsUnfit)) return;

        all.Add(new(source, paragraph, begin, sentence, CountWords(sentence)));
    }

    /// <summary>A full stop before white space ends a sentence, but not after an initial or an abbreviation.</summary>
    static bool IsEnd(string text, int begin, int at, int to)
    {
        var c = text[at];
        if (c is '。' or '！' or '？' or '।') return true;
        if (!IsStop(c)) return false;

        var next = at + 1;
        while (next < to && (IsStop(text[next]) || Closers.Contains(text[next]))) next++;
        if (next < to && !char.IsWhiteSpace(text[next])) return false;
        if (c != '.') return true;

        var word = at;
        while (word > begin && !char.IsWhiteSpace(text[word - 1])) word--;
        var token = text[word..at].Trim('(', '"', '\'').ToLower(CultureInfo.InvariantCulture);
        if (token.Length == 1 && char.IsLetter(token[0])) return token == "i";
        if (Abbreviations.Contains(token)) return false;

        // "1. First" is an item's number.
        return !(word == begin && token.Length <= 3 && token.All(char.IsAsciiDigit));
    }

    static bool IsStop(char c) => c is '.' or '!' or '?' or '…';

    static bool IsUnfit(char c) => c == '\u007f' || (c < ' ' && c is not ('\n' or '\r' or '\t'));

    static bool IsDense(char c) => c is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff');

    static readonly HashSet<string> Abbreviations =
    [
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "cf", "no", "vol", "fig", "al",
        "approx", "inc", "ltd", "co", "u.s", "u.k", "z.b", "d.h", "bzw", "nr", "p.s", "a.m", "p.m",
    ];

    [GeneratedRegex(@"\r?\n[ \t]*(?:\r?\n[ \t]*)+|\r?\n(?=[ \t]*(?:[-*#>]|\d{1,3}[.)])[ \t])")]
    private static partial Regex Gap();
}
