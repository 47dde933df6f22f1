using Microsoft.AspNetCore.StaticFiles;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>A file is what its path says, as with every static host; the server's word comes second.</summary>
static class SiteMediaTypes
{
    const string Unknown = "application/octet-stream";

    static readonly FileExtensionContentTypeProvider ByExtension = new()
    {
        Mappings = { [".avif"] = "image/avif", [".mjs"] = "text/javascript", [".wasm"] = "application/wasm" },
    };

    public static string Of(string path, string? stated)
    {
        var type = ByExtension.TryGetContentType(path, out var known) ? known : stated ?? Unknown;
        return type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type;
    }
}
