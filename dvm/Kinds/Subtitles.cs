using System.Globalization;
using System.Text.RegularExpressions;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>SubRip (.srt) and WebVTT: cues with a start and an end.</summary>
static partial class Subtitles
{
    const int CuesMax = 20_000;

    /// <summary>Empty when it is neither; a cue that cannot be read is left out.</summary>
    public static IReadOnlyList<TextSegment> Parse(string text)
    {
        if (!IsSubtitles(text)) return [];

        List<TextSegment> cues = [];
        foreach (var block in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (Cue(block) is { } cue) cues.Add(cue);
            if (cues.Count == CuesMax) break;
        }

        return cues;
    }

    static bool IsSubtitles(string text)
    {
        var head = text.AsSpan(0, Math.Min(text.Length, 4096)).TrimStart();
        return head.StartsWith("WEBVTT") || (head.Length > 0 && char.IsAsciiDigit(head[0]) && Times().IsMatch(head));
    }

    static TextSegment? Cue(string block)
    {
        var lines = block.Split('\n');
        var times = Array.FindIndex(lines, line => Times().IsMatch(line));
        if (times < 0) return null;

        var match = Times().Match(lines[times]);
        if (Time(match.Groups[1].Value) is not { } start || Time(match.Groups[2].Value) is not { } end) return null;

        var said = string.Join(' ', lines[(times + 1)..].Select(line => Markup().Replace(line, "").Trim()))
            .Trim();
        return said.Length == 0 ? null : new(start, end, System.Net.WebUtility.HtmlDecode(said));
    }

    /// <summary>Hours are optional in WebVTT; SubRip writes a comma.</summary>
    static TimeSpan? Time(string text)
    {
        var parts = text.Replace(',', '.').Split(':');
        var whole = parts.Length == 2 ? $"00:{parts[0]}:{parts[1]}" : string.Join(':', parts);
        return TimeSpan.TryParse(whole, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    [GeneratedRegex(@"((?:\d{2}:)?\d{2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d{2}:)?\d{2}:\d{2}[.,]\d{3})")]
    private static partial Regex Times();

    /// <summary>Voices, styles and positions.</summary>
    [GeneratedRegex(@"<[^>]{0,200}>|\{\\[^}]{0,200}\}")]
    private static partial Regex Markup();
}
