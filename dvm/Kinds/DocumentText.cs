using System.Text;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>The text of a document, by what its bytes say it is; the stated type only decides between texts.</summary>
static class DocumentText
{
    public const int FileBytesMax = 16 * 1024 * 1024;

    /// <summary>More text than any result may have need not be read.</summary>
    public const int TextCharsMax = 8 * 1024 * 1024;

    /// <exception cref="ProblemException">It is of no known form, or broken, or outgrows its limits.</exception>
    public static async Task<ExtractedText> ReadAsync(FetchedDocument document, CancellationToken ct)
    {
        var bytes = document.Body;
        if (IsPdf(bytes)) return new("pdf", Tidy(await PdfToText.ReadAsync(bytes, PdfReading.Flowing, ct)), []);
        if (bytes.AsSpan().StartsWith("PK\x03\x04"u8)) return ZipText(bytes, ct);
        if (bytes.AsSpan(0, Math.Min(bytes.Length, 4096)).Contains((byte)0) && !HasWideMark(bytes))
        {
            throw new ProblemException(KindsProblems.FormatUnknown);
        }

        var text = Decode(bytes);
        if (Subtitles.Parse(text) is { Count: > 0 } segments)
        {
            return new("subtitles", string.Join('\n', segments.Select(segment => segment.Text)), segments);
        }

        return IsHtml(document.Mime, text)
            ? new("html", Tidy(HtmlText.Of(text, ct)), [])
            : new("text", Tidy(text), []);
    }

    internal static bool IsPdf(byte[] bytes) => bytes.AsSpan(0, Math.Min(bytes.Length, 1024)).IndexOf("%PDF-"u8) >= 0;

    /// <summary>UTF-8 unless a mark or the page itself says Latin-1 or UTF-16.</summary>
    internal static string Decode(byte[] bytes)
    {
        var encoding = bytes switch
        {
            [0xff, 0xfe, ..] => Encoding.Unicode,
            [0xfe, 0xff, ..] => Encoding.BigEndianUnicode,
            _ when SaysLatin(bytes) => Encoding.Latin1,
            _ => Encoding.UTF8,
        };
        return encoding.GetString(bytes).TrimStart('\ufeff');
    }

    static ExtractedText ZipText(byte[] bytes, CancellationToken ct)
    {
        try
        {
            using var archive = new BoundedZip(bytes, ct);
            if (archive.Has("word/document.xml")) return new("docx", Tidy(OfficeText.OfDocx(archive)), []);
            if (archive.Has("META-INF/container.xml")) return new("epub", Tidy(EpubText.Of(archive, ct)), []);
            if (archive.Has("content.xml")) return new("odt", Tidy(OfficeText.OfOdt(archive)), []);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or System.Xml.XmlException)
        {
            throw new ProblemException(KindsProblems.DocumentBroken);
        }

        throw new ProblemException(KindsProblems.FormatUnknown);
    }

    static bool HasWideMark(byte[] bytes) => bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..];

    static bool SaysLatin(byte[] bytes)
    {
        var head = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 2048));
        return head.Contains("charset=iso-8859-1", StringComparison.OrdinalIgnoreCase)
            || head.Contains("charset=\"iso-8859-1", StringComparison.OrdinalIgnoreCase)
            || head.Contains("charset=windows-1252", StringComparison.OrdinalIgnoreCase)
            || head.Contains("charset=\"windows-1252", StringComparison.OrdinalIgnoreCase);
    }

    static bool IsHtml(string? mime, string text)
    {
        if (mime is "text/html" or "application/xhtml+xml") return true;
        var head = text.AsSpan().TrimStart();
        head = head[..Math.Min(head.Length, 1024)];
        return head.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || head.Contains("<html", StringComparison.OrdinalIgnoreCase)
            || (head.StartsWith("<") && head.Contains("</", StringComparison.Ordinal));
    }

    /// <summary>No blanks at the end of lines, one empty line between paragraphs, one form of line end.</summary>
    static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        var empty = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Replace('\f', '\n').Split('\n'))
        {
            var kept = line.TrimEnd();
            empty = kept.Length == 0 ? empty + 1 : 0;
            if (empty > 1 || (tidy.Length == 0 && kept.Length == 0)) continue;
            tidy.Append(kept).Append('\n');
        }

        return tidy.ToString().TrimEnd();
    }
}

/// <param name="Format">html, pdf, docx, odt, epub, subtitles or text.</param>
/// <param name="Text">All of it.</param>
/// <param name="Segments">Of subtitles; empty for the rest.</param>
sealed record ExtractedText(string Format, string Text, IReadOnlyList<TextSegment> Segments);

/// <summary>What is said between two times.</summary>
sealed record TextSegment(TimeSpan Start, TimeSpan End, string Text);
