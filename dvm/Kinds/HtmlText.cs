using System.Net;
using System.Text;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// What a reader of a web page sees, without running or styling it: blocks become lines, and what is never shown
/// (scripts, styles, templates) is left out. Broken mark-up is read as far as it goes.
/// </summary>
static class HtmlText
{
    static readonly HashSet<string> Hidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea",
    };

    static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "header", "footer", "main", "nav", "aside", "h1", "h2", "h3", "h4", "h5",
        "h6", "ul", "ol", "dl", "dt", "dd", "table", "blockquote", "pre", "figure", "figcaption", "form", "hr",
        "address", "title", "body", "tbody", "thead",
    };

    public static string Of(string html, CancellationToken ct)
    {
        var text = new StringBuilder(html.Length / 2);
        var (at, inPre) = (0, 0);
        while (at < html.Length)
        {
            ct.ThrowIfCancellationRequested();
            var open = html.IndexOf('<', at);
            if (open < 0) open = html.Length;
            Append(text, html.AsSpan(at, open - at), inPre > 0);
            if (open == html.Length) break;

            if (!IsMarkup(html, open))
            {
                text.Append('<');
                at = open + 1;
                continue;
            }

            var (name, closes, end) = Tag(html, open);
            at = end;
            if (Hidden.Contains(name) && !closes) at = AfterHidden(html, name, end);
            else if (name is "pre" or "PRE") inPre = Math.Max(0, inPre + (closes ? -1 : 1));
            Break(text, name, closes);
        }

        return text.ToString();
    }

    static bool IsMarkup(string html, int at) =>
        at + 1 < html.Length && (char.IsAsciiLetter(html[at + 1]) || html[at + 1] is '/' or '!' or '?');

    /// <summary>Up to the end of the tag; quoted values may hold what would end it.</summary>
    static (string Name, bool Closes, int End) Tag(string html, int open)
    {
        if (html.AsSpan(open).StartsWith("<!--"))
        {
            var comment = html.IndexOf("-->", open + 4, StringComparison.Ordinal);
            return ("", false, comment < 0 ? html.Length : comment + 3);
        }

        var closes = open + 1 < html.Length && html[open + 1] == '/';
        var start = open + (closes ? 2 : 1);
        var at = start;
        while (at < html.Length && (char.IsAsciiLetterOrDigit(html[at]) || html[at] is '-' or ':')) at++;
        var name = html[start..at];
        char? quote = null;
        for (; at < html.Length; at++)
        {
            if (quote is { } open2) quote = html[at] == open2 ? null : quote;
            else if (html[at] is '"' or '\'') quote = html[at];
            else if (html[at] == '>') return (name, closes, at + 1);
        }

        return (name, closes, html.Length);
    }

    static int AfterHidden(string html, string name, int from)
    {
        var end = html.IndexOf($"</{name}", from, StringComparison.OrdinalIgnoreCase);
        if (end < 0) return html.Length;

        var close = html.IndexOf('>', end);
        return close < 0 ? html.Length : close + 1;
    }

    /// <summary>One blank for any run of white space, which entities are not; none at the start of a line.</summary>
    static void Append(StringBuilder text, ReadOnlySpan<char> raw, bool asIs)
    {
        if (asIs)
        {
            text.Append(WebUtility.HtmlDecode(raw.ToString()));
            return;
        }

        var squeezed = new StringBuilder(raw.Length);
        foreach (var c in raw)
        {
            if (c is not (' ' or '\t' or '\r' or '\n' or '\f')) squeezed.Append(c);
            else if (squeezed.Length > 0 ? squeezed[^1] != ' ' : !EndsInBlank(text)) squeezed.Append(' ');
        }

        text.Append(WebUtility.HtmlDecode(squeezed.ToString()).Replace('\u00a0', ' '));
    }

    static bool EndsInBlank(StringBuilder text) => text.Length == 0 || text[^1] is ' ' or '\n' or '\t';

    static void Break(StringBuilder text, string name, bool closes)
    {
        if (Blocks.Contains(name)) Lines(text, 2);
        else if (name is "br" or "BR") text.Append('\n');
        else if (!closes && name.Equals("li", StringComparison.OrdinalIgnoreCase))
        {
            Lines(text, 1);
            text.Append("- ");
        }
        else if (name.Equals("tr", StringComparison.OrdinalIgnoreCase)) Lines(text, 1);
        else if (closes && name.Length == 2 && name is "td" or "th" or "TD" or "TH") text.Append('\t');
    }

    static void Lines(StringBuilder text, int wanted)
    {
        while (text.Length > 0 && text[^1] is ' ' or '\t') text.Length--;
        var has = 0;
        while (has < wanted && text.Length > has && text[^(has + 1)] == '\n') has++;
        if (text.Length > 0) text.Append('\n', wanted - has);
    }
}
