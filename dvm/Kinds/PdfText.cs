using System.Globalization;
using System.Text.RegularExpressions;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>As much of a PDF's syntax as a scan needs: names and where streams lie (ISO 32000-1 §7.3).</summary>
static partial class PdfText
{
    /// <summary>Names with their #xx escapes undone, so that /J#61vaScript does not hide.</summary>
    public static string Unescaped(string text) => Escape().Replace(text, match =>
    {
        var code = int.Parse(match.ValueSpan[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return ((char)code).ToString();
    });

    public static bool HasName(string text, string name)
    {
        for (var at = text.IndexOf($"/{name}", StringComparison.Ordinal); at >= 0;)
        {
            var after = at + name.Length + 1;
            if (after >= text.Length || !char.IsAsciiLetterOrDigit(text[after])) return true;
            at = text.IndexOf($"/{name}", after, StringComparison.Ordinal);
        }

        return false;
    }

    /// <summary>From after each "stream" line to its "endstream".</summary>
    public static List<(int From, int To)> Streams(ReadOnlyMemory<byte> file)
    {
        List<(int, int)> streams = [];
        var span = file.Span;
        var at = 0;
        while (span[at..].IndexOf("stream"u8) is >= 0 and var found)
        {
            var from = at + found + 6;
            if (from < span.Length && span[from] == '\r') from++;
            if (from < span.Length && span[from] == '\n') from++;
            var length = span[from..].IndexOf("endstream"u8);
            if (length < 0) break;

            streams.Add((from, from + length));
            at = from + length + 9;
        }

        return streams;
    }

    [GeneratedRegex("#[0-9A-Fa-f]{2}")]
    private static partial Regex Escape();
}
