using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using QRCoder;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>The storefront's pictures, all SVG from format strings (D122): a face from the key, the OG card, a QR code.</summary>
public static class StorefrontImages
{
    /// <summary>A face that is the same wherever this key is shown: a symmetric 5 × 5 pattern in the key's own hue.</summary>
    public static string Icon(string pubkey)
    {
        var hash = SHA256.HashData(Convert.FromHexString(pubkey));
        var svg = new StringBuilder(Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 7 7\" shape-rendering=\"crispEdges\"><rect width=\"7\" height=\"7\" fill=\"hsl({Hue(hash)},45%,88%)\"/><g fill=\"hsl({Hue(hash)},55%,38%)\">"));
        for (var y = 0; y < 5; y++)
        {
            for (var x = 0; x < 3; x++)
            {
                if ((hash[2 + (y * 3) + x] & 1) == 0) continue;
                Cell(svg, x, y);
                if (x < 2) Cell(svg, 4 - x, y);
            }
        }

        return svg.Append("</g></svg>").ToString();
    }

    /// <summary>1200 × 630, the size that link previews expect.</summary>
    public static string OgCard(AgentStorefrontData agent)
    {
        var hue = Hue(SHA256.HashData(Convert.FromHexString(agent.Pubkey)));
        var lines = Wrap(agent.About, 52).Take(3).ToList();
        var about = string.Concat(lines.Select((line, i) => Invariant(
            $"<tspan x=\"90\" y=\"{330 + (i * 52)}\">{E(line)}</tspan>")));
        var offers = string.Join(" · ", agent.Offers.Take(3).Select(offer => offer.Name));
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" role="img" aria-label="{E(agent.Name)}">
            <rect width="1200" height="630" fill="#16140f"/>
            <rect x="0" y="0" width="24" height="630" fill="hsl({hue},70%,55%)"/>
            <text x="90" y="150" font-family="sans-serif" font-size="34" fill="#b6afa2">An agent for hire on Nostr</text>
            <text x="90" y="240" font-family="sans-serif" font-size="80" font-weight="700" fill="#f1ede4">{E(Cut(agent.Name, 24))}</text>
            <text font-family="sans-serif" font-size="38" fill="#d9d2c5">{about}</text>
            <text x="90" y="560" font-family="sans-serif" font-size="32" fill="hsl({hue},80%,70%)">{E(Cut(offers, 60))}</text>
            </svg>

            """;
    }

    /// <summary>Error correction M, a quiet zone of four modules, black on white in any colour scheme.</summary>
    public static string QrCode(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var modules = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < modules.Count; y++)
        {
            for (var x = 0; x < modules.Count; x++)
            {
                if (modules[y][x]) path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }

        return Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {modules.Count} {modules.Count}\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>");
    }

    static void Cell(StringBuilder svg, int x, int y) =>
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x + 1}\" y=\"{y + 1}\" width=\"1\" height=\"1\"/>");

    static int Hue(byte[] hash) => ((hash[0] << 8) | hash[1]) % 360;

    static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + word.Length + 1 > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(Cut(word, width));
        }

        if (line.Length > 0) yield return line.ToString();
    }

    static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    static string E(string text) => HtmlEncoder.Default.Encode(text);

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
