using System.Globalization;
using System.Text;
using System.Xml;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>The text of DOCX (ECMA-376 part 1, §17) and ODT (OpenDocument 1.2 part 1, §5) files.</summary>
static class OfficeText
{
    /// <summary>No document may define entities or fetch anything.</summary>
    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = BoundedZip.InflatedMax,
    };

    public static string OfDocx(BoundedZip archive)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { "word/document.xml", "word/footnotes.xml", "word/endnotes.xml" })
        {
            if (archive.Has(part)) Read(archive.Read(part), text, Docx);
        }

        return text.ToString();
    }

    public static string OfOdt(BoundedZip archive)
    {
        var text = new StringBuilder();
        Read(archive.Read("content.xml"), text, Odt);
        return text.ToString();
    }

    internal static XmlReader Open(byte[] xml) => XmlReader.Create(new MemoryStream(xml, writable: false), Settings);

    static void Read(byte[] xml, StringBuilder text, Action<XmlReader, StringBuilder> node)
    {
        using var reader = Open(xml);
        while (reader.Read())
        {
            node(reader, text);
            // A few bytes may stand for a thousand blanks.
            if (text.Length > DocumentText.TextCharsMax) throw new ProblemException(KindsProblems.InputTooLarge);
        }
    }

    static void Docx(XmlReader reader, StringBuilder text)
    {
        switch (reader.NodeType, reader.LocalName)
        {
            case (XmlNodeType.Element, "t"): text.Append(reader.ReadString()); break;
            case (XmlNodeType.Element, "tab"): text.Append('\t'); break;
            case (XmlNodeType.Element, "br" or "cr"): text.Append('\n'); break;
            case (XmlNodeType.EndElement, "p"): text.Append("\n\n"); break;
        }
    }

    static void Odt(XmlReader reader, StringBuilder text)
    {
        switch (reader.NodeType, reader.LocalName)
        {
            case (XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace, _)
                when reader.Depth > 3:
                text.Append(reader.Value.ReplaceLineEndings(" "));
                break;
            case (XmlNodeType.Element, "s"): text.Append(' ', Count(reader)); break;
            case (XmlNodeType.Element, "tab"): text.Append('\t'); break;
            case (XmlNodeType.Element, "line-break"): text.Append('\n'); break;
            case (XmlNodeType.EndElement, "p" or "h"): text.Append("\n\n"); break;
        }
    }

    /// <summary>text:c says how many blanks; one where it does not.</summary>
    static int Count(XmlReader reader)
    {
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.LocalName == "c" && int.TryParse(reader.Value, NumberStyles.None, CultureInfo.InvariantCulture,
                out var count))
            {
                reader.MoveToElement();
                return Math.Min(count, 1_000);
            }
        }

        reader.MoveToElement();
        return 1;
    }
}
