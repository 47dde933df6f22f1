using System.Net.Http.Headers;
using System.Text;

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

    static readonly string[] PassiveFamilies = ["audio", "font", "image", "video"];

    static readonly string[] Passive =
    [
        "application/gzip", "application/json", "application/pdf", Unknown, "application/vnd.android.package-archive",
        "application/wasm", "application/zip", "text/css", "text/javascript", "text/markdown", "text/plain",
    ];

    /// <summary>Always something: a descriptor's URL must carry an extension.</summary>
    public static string Extension(string mediaType) =>
        ByType.GetValueOrDefault(mediaType.Split(';')[0].Trim(), "bin");

    public static string OfExtension(string extension) =>
        ByExtension.GetValueOrDefault(extension.TrimStart('.'), Unknown);

    /// <summary>The type as the client says it, when it is one at all; nothing that could split a header.</summary>
    public static string Of(string? contentType) =>
        contentType is { Length: > 0 and <= 200 } && Ascii.IsValid(contentType)
        && MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            ? parsed.ToString()
            : Unknown;

    /// <summary>What a browser might run; it is served where it can touch nothing. The unknown is.</summary>
    public static bool IsActive(string mediaType)
    {
        var bare = mediaType.Split(';')[0].Trim().ToLowerInvariant();
        return bare.Contains("xml", StringComparison.Ordinal)
            || !(Passive.Contains(bare) || PassiveFamilies.Contains(bare.Split('/')[0]));
    }
}
