namespace PoA.Nostr.Relays;

/// <summary>One relay, one spelling: what two people type differently must not be dialled twice.</summary>
public static class RelayUrl
{
    const int CharsMax = 256;

    /// <summary>
    /// Scheme and host in lower case, no default port, no slash at the end; null when it is no relay's URL.
    /// </summary>
    public static string? TryNormalise(string url)
    {
        if (url.Length > CharsMax || !Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri)) return null;
        if (uri is not { Scheme: "ws" or "wss", UserInfo: "", Fragment: "", Host.Length: > 0 }) return null;

        var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        return $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}{port}{uri.PathAndQuery.TrimEnd('/')}";
    }
}
