using System.Buffers;

namespace PoA.Nostr.Market.Agents;

/// <summary>An agent's short name in addresses: letters, digits and single dashes, none at an end.</summary>
public static class Slug
{
    const int LengthMax = 64;

    static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Null when the text may be a slug.</summary>
    public static Problem? Refuse(ReadOnlySpan<char> slug) =>
        slug.Length is 0 or > LengthMax ? Malformed($"It is 1 to {LengthMax} characters long.") :
        slug.ContainsAnyExcept(Allowed) ? Malformed("It holds lower-case letters, digits and dashes only.") :
        slug[0] == '-' || slug[^1] == '-' ? Malformed("It neither begins nor ends with a dash.") :
        slug.Contains("--", StringComparison.Ordinal) ? Malformed("Its dashes stand alone.") :
        null;

    static Problem Malformed(string detail) => AgentProblems.SlugMalformed with { Detail = detail };
}
