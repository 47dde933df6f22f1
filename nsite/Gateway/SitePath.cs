namespace PoA.Nostr.Nsite.Gateway;

/// <summary>From the path of a request to the paths that a site may keep it under (NIP-5A §Path).</summary>
static class SitePath
{
    const int CharsMax = 1_024;

    /// <summary>
    /// Percent-decoded once, then normalised: "." and empty segments go, ".." goes up and never above the root. Null
    /// for what no site can mean: a NUL, a backslash, or too much of it.
    /// </summary>
    public static string? Normalise(string raw)
    {
        if (raw.Length > CharsMax) return null;
        var path = Uri.UnescapeDataString(raw);
        if (path.Contains('\0', StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal)) return null;

        List<string> kept = [];
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".") continue;
            if (segment is not "..") kept.Add(segment);
            else if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
        }

        var slash = path.EndsWith('/') && kept.Count > 0 ? "/" : "";
        return $"/{string.Join('/', kept)}{slash}";
    }

    /// <summary>In the order in which they are tried: the path itself, then the index below it.</summary>
    public static IEnumerable<string> Candidates(string path)
    {
        if (!path.EndsWith('/')) yield return path;
        if (path.EndsWith('/') || !Path.HasExtension(path)) yield return $"{path.TrimEnd('/')}/index.html";
    }
}
