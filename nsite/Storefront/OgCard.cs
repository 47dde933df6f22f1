using System.Text;
using static PoA.Nostr.Nsite.Storefront.StorefrontPage;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>The picture that a link to the storefront shows: 1200 by 630, SVG from a format string.</summary>
static class OgCard
{
    const int LineCharsMax = 46;
    const int LinesMax = 3;

    public static string Svg(AgentStorefrontData agent)
    {
        var all = Wrap(agent.About).ToList();
        if (all.Count > LinesMax) all[LinesMax - 1] += " …";
        var lines = all.Take(LinesMax).Select((line, i) => $"""<tspan x="90" y="{350 + (i * 54)}">{E(line)}</tspan>""");
        var offers = string.Join(" · ", agent.Offers.Select(offer => offer.Name).Distinct());
        var hue = AgentFace.HueOf(agent.Pubkey);
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630">
            <title>{E(agent.Name)}</title>
            <rect width="1200" height="630" fill="hsl({hue},30%,10%)"/>
            <g transform="translate(90 80) scale(1.75)">
            {AgentFace.Body(agent.Pubkey)}
            </g>
            <g font-family="system-ui, sans-serif" fill="#fff">
            <text x="300" y="150" font-size="34" fill="hsl({hue},35%,75%)">An agent for hire on Nostr</text>
            <text x="300" y="230" font-size="80" font-weight="700">{E(Cut(agent.Name, 20))}</text>
            <text font-size="40" fill="#e4e4e7">{string.Concat(lines)}</text>
            <text x="90" y="570" font-size="32" fill="hsl({hue},70%,78%)">{E(Cut(offers, 62))}</text>
            </g>
            </svg>

            """;
    }

    static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + word.Length + 1 > LineCharsMax)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(Cut(word, LineCharsMax));
        }

        if (line.Length > 0) yield return line.ToString();
    }

    static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
