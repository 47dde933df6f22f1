using Microsoft.AspNetCore.StaticFiles;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>A site's file is what its path says, as every static host does; the server's word comes second.</summary>
static class SiteMediaTypes
{
    static readonly FileExtensionContentTypeProvider Known = new()
    {
        Mappings = { [".avif"] = "image/avif", [".mjs"] = "text/javascript", [".wasm"] = "application/wasm" },
    };

    public static string? Of(string path) =>
        !Known.TryGetContentType(path, out var type) ? null :
        type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type;
}
