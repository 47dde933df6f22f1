namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// From the path of a request, decoded and without dot segments, to the paths that a site may keep it under
/// (NIP-5A §Resolving Paths). Only what a manifest names exactly is ever served, so a path cannot lead elsewhere.
/// </summary>
static class SitePath
{
    const int CharsMax = 1_024;

    /// <summary>What is served, with status 404, in the place of what is not there.</summary>
    public const string Missing = "/404.html";

    /// <summary>In the order in which they are tried. Empty segments count for nothing.</summary>
    public static IEnumerable<string> Candidates(string path)
    {
        if (path.Length > CharsMax) yield break;

        var plain = path;
        while (plain.Contains("//", StringComparison.Ordinal))
        {
            plain = plain.Replace("//", "/", StringComparison.Ordinal);
        }

        if (!plain.EndsWith('/')) yield return plain;
        if (!Path.HasExtension(plain)) yield return $"{plain.TrimEnd('/')}/index.html";
    }
}
