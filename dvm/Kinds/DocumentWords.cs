using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// The words of a document, found in a cruder way than its text is: mark-up is cut out by its brackets, archives are
/// read member by member, a PDF in the order of its file. What an extraction holds must be among them.
/// </summary>
static partial class DocumentWords
{
    public static async Task<HashSet<string>> OfAsync(
        FetchedDocument document, string format, CancellationToken ct) => format switch
        {
            "pdf" => [.. In(await PdfToText.ReadAsync(document.Body, PdfReading.Raw, ct))],
            "docx" or "odt" or "epub" => OfArchive(document.Body, ct),
            _ => [.. In(Plain(DocumentText.Decode(document.Body))), .. In(DocumentText.Decode(document.Body))],
        };

    /// <summary>Runs of letters and digits: what stands between them differs from reader to reader.</summary>
    public static List<string> In(string text)
    {
        List<string> words = [];
        foreach (var word in Word().EnumerateMatches(text)) words.Add(text.Substring(word.Index, word.Length));
        return words;
    }

    static HashSet<string> OfArchive(byte[] bytes, CancellationToken ct)
    {
        using var archive = new BoundedZip(bytes, ct);
        HashSet<string> words = [];
        foreach (var name in archive.Names.Where(IsMarkup))
        {
            words.UnionWith(In(Plain(Encoding.UTF8.GetString(archive.Read(name)))));
        }

        return words;
    }

    static bool IsMarkup(string name) =>
        name.EndsWith("ml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".htm", StringComparison.Ordinal);

    /// <summary>Both readings of an inline tag: it parts words, or it does not.</summary>
    static string Plain(string markup) =>
        WebUtility.HtmlDecode(Without(markup, " ")) + ' ' + WebUtility.HtmlDecode(Without(markup, ""));

    /// <summary>
    /// In one pass, up to the last bracket that closes: a pattern would look for the end of each of a million brackets
    /// that have none.
    /// </summary>
    static string Without(string markup, string between)
    {
        var text = new StringBuilder(markup.Length);
        var at = 0;
        while (markup.IndexOf('<', at) is >= 0 and var open && markup.IndexOf('>', open) is >= 0 and var close)
        {
            text.Append(markup, at, open - at).Append(between);
            at = close + 1;
        }

        return text.Append(markup, at, markup.Length - at).ToString();
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}]+")]
    private static partial Regex Word();
}
