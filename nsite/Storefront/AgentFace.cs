using System.Globalization;
using System.Security.Cryptography;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// A face for a key, the same wherever that key is shown: colours and features come from its hash. SVG without text.
/// </summary>
static class AgentFace
{
    static readonly string[] Antennas =
    [
        """<path d="M48 31V18"/><circle cx="48" cy="15" r="4.5" fill="#fff"/>""",
        """<path d="M38 31 32 18M58 31l6-13"/><path d="M31 15h.1M65 15h.1" stroke-width="8"/>""",
        """<path d="M48 31v-8M40 19a8 8 0 0 1 16 0"/>""",
        """<path d="M36 31q0-14 12-14t12 14"/>""",
    ];

    static readonly string[] Eyes =
    [
        """<circle cx="38.5" cy="48" r="4.5"/><circle cx="57.5" cy="48" r="4.5"/>""",
        """<path d="M38.5 45v6M57.5 45v6" class="l" stroke-width="6"/>""",
        """<path d="M34 50q4.5-8 9 0M53 50q4.5-8 9 0" class="l"/>""",
        """<rect x="34" y="44.5" width="28" height="7" rx="3.5"/>""",
        """<rect x="34.5" y="44" width="8" height="8" rx="2"/><rect x="53.5" y="44" width="8" height="8" rx="2"/>""",
    ];

    static readonly string[] Mouths =
    [
        """<path d="M42 57q6 5 12 0" class="l"/>""",
        """<path d="M43 58.5h10" class="l"/>""",
        """<path d="M42 57.5h.1M48 58.5h.1M54 57.5h.1" class="l"/>""",
        """<path d="M44 57h8q0 4-4 4t-4-4z"/>""",
    ];

    static readonly string[] Ears =
    [
        """<rect x="14" y="44" width="8" height="16" rx="3"/><rect x="74" y="44" width="8" height="16" rx="3"/>""",
        """<circle cx="21" cy="52" r="6"/><circle cx="75" cy="52" r="6"/>""",
        "",
    ];

    /// <summary>The hue that the key's page wears too, 0 to 359.</summary>
    public static int HueOf(string pubkey)
    {
        var hash = Hash(pubkey);
        return ((hash[0] << 8) | hash[1]) % 360;
    }

    /// <summary>The same hue in OKLCH, where the six corners of the colour circle stand elsewhere.</summary>
    public static int OklchHueOf(string pubkey)
    {
        int[] corners = [29, 110, 142, 195, 264, 328, 389];
        var (corner, within) = Math.DivRem(HueOf(pubkey), 60);
        return (corners[corner] + ((corners[corner + 1] - corners[corner]) * within / 60)) % 360;
    }

    /// <summary>A picture of its own, 96 by 96 units.</summary>
    public static string Svg(string pubkey) => $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">
        {Body(pubkey)}
        </svg>

        """;

    /// <summary>The same to be put into another picture.</summary>
    public static string Body(string pubkey)
    {
        var hash = Hash(pubkey);
        var hue = HueOf(pubkey);
        var second = (hue + 30 + (hash[2] % 50)) % 360;
        var glow = (hue + 150 + (hash[3] % 60)) % 360;
        var round = 10 + (hash[4] % 12);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <style>.l{fill:none;stroke:hsl({{glow}},95%,78%)}</style>
            <linearGradient id="g" x2="1" y2="1">
            <stop stop-color="hsl({{hue}},70%,58%)"/><stop offset="1" stop-color="hsl({{second}},65%,38%)"/>
            </linearGradient>
            <clipPath id="c"><rect width="96" height="96" rx="22"/></clipPath>
            <g clip-path="url(#c)"><path fill="url(#g)" d="M0 0h96v96H0z"/>
            <circle cx="{{hash[5] % 96}}" cy="{{hash[6] % 96}}" r="{{22 + (hash[7] % 16)}}" fill="#fff" opacity=".1"/>
            </g>
            <g fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round">
            {{Pick(Antennas, hash[9])}}
            </g>
            <g fill="#fff" opacity=".8">{{Pick(Ears, hash[10])}}</g>
            <rect x="20" y="31" width="56" height="44" rx="{{round}}" fill="#fff"/>
            <rect x="26" y="37" width="44" height="29" rx="{{round - 4}}" fill="hsl({{hue}},45%,16%)"/>
            <g fill="hsl({{glow}},95%,78%)" stroke-width="3" stroke-linecap="round">
            {{Pick(Eyes, hash[11])}}{{Pick(Mouths, hash[12])}}
            </g>
            """);
    }

    static string Pick(string[] from, byte by) => from[by % from.Length];

    static byte[] Hash(string pubkey) => SHA256.HashData(Convert.FromHexString(pubkey));
}
