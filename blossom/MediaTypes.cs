using System.Net.Http.Headers;

namespace PoA.Nostr.Blossom;

/// <summary>Between media types and file extensions; anything unknown is bytes.</summary>
public static class MediaTypes
{
    public const string Unknown = "application/octet-stream";

    static readonly Dictionary<string, string> ByType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/gzip"] = "gz",
        ["application/json"] = "json",
        ["application/pdf"] = "pdf",
        ["application/vnd.android.package-archive"] = "apk",
        ["application/wasm"] = "wasm",
        ["application/x-executable"] = "elf",
        ["application/zip"] = "zip",
        ["audio/mpeg"] = "mp3",
        ["audio/ogg"] = "ogg",
        ["audio/wav"] = "wav",
        ["font/woff2"] = "woff2",
        ["image/avif"] = "avif",
        ["image/gif"] = "gif",
        ["image/jpeg"] = "jpg",
        ["image/png"] = "png",
        ["image/svg+xml"] = "svg",
        ["image/webp"] = "webp",
        ["text/css"] = "css",
        ["text/html"] = "html",
        ["text/javascript"] = "js",
        ["text/markdown"] = "md",
        ["text/plain"] = "txt",
        ["video/mp4"] = "mp4",
        ["video/webm"] = "webm",
    };

    static readonly Dictionary<string, string> ByExtension = ByType.ToDictionary(
        pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Always something: a descriptor's URL must carry an extension.</summary>
    public static string Extension(string mediaType) =>
        ByType.GetValueOrDefault(mediaType.Split(';')[0].Trim(), "bin");

    public static string OfExtension(string extension) => ByExtension.GetValueOrDefault(extension.TrimStart('.'), Unknown);

    /// <summary>The type as the client says it, when it is one at all; nothing that could split a header.</summary>
    public static string Of(string? contentType) =>
        contentType is { Length: > 0 and <= 200 } && MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            ? parsed.ToString()
            : Unknown;

    /// <summary>A browser would run these; they are served where they can touch nothing.</summary>
    public static bool IsActive(string mediaType) =>
        mediaType.Contains("html", StringComparison.OrdinalIgnoreCase)
        || mediaType.Contains("xml", StringComparison.OrdinalIgnoreCase)
        || mediaType.Contains("svg", StringComparison.OrdinalIgnoreCase);
}
