using System.Text;
using System.Xml;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>The text of a book (EPUB 3.3): its chapters in the order of the spine.</summary>
static class EpubText
{
    const int ChaptersMax = 1_000;

    public static string Of(BoundedZip archive, CancellationToken ct)
    {
        var package = Attribute(archive.Read("META-INF/container.xml"), "rootfile", "full-path").FirstOrDefault()
            ?? throw new InvalidDataException("A book names its package.");
        var folder = package.Contains('/') ? package[..(package.LastIndexOf('/') + 1)] : "";
        var (items, spine) = Read(archive.Read(package));
        var text = new StringBuilder();
        foreach (var id in spine.Take(ChaptersMax))
        {
            if (!items.TryGetValue(id, out var href)) continue;
            var chapter = folder + Uri.UnescapeDataString(href.Split('#')[0]);
            if (!archive.Has(chapter)) continue;
            text.Append(HtmlText.Of(DocumentText.Decode(archive.Read(chapter)), ct)).Append("\n\n");
        }

        return text.ToString();
    }

    static (Dictionary<string, string> Items, List<string> Spine) Read(byte[] package)
    {
        Dictionary<string, string> items = [];
        List<string> spine = [];
        using var reader = OfficeText.Open(package);
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.LocalName == "item" && reader.GetAttribute("id") is { } id
                && reader.GetAttribute("href") is { } href)
            {
                items[id] = href;
            }
            else if (reader.LocalName == "itemref" && reader.GetAttribute("idref") is { } reference)
            {
                spine.Add(reference);
            }
        }

        return (items, spine);
    }

    static IEnumerable<string> Attribute(byte[] xml, string element, string attribute)
    {
        using var reader = OfficeText.Open(xml);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == element
                && reader.GetAttribute(attribute) is { } value)
            {
                yield return value;
            }
        }
    }
}
