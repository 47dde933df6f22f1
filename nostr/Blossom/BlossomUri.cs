using System.Globalization;

namespace PoA.Nostr.Blossom;

/// <summary>
/// A blob and where it may be found (BUD-10): <c>blossom:&lt;sha256&gt;.&lt;ext&gt;?xs=…&amp;as=…&amp;sz=…</c>.
/// </summary>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Extension">Without its dot; <c>bin</c> where the type is not known.</param>
/// <param name="Servers">Hosts, or whole addresses: <see cref="Addresses"/> says what to try.</param>
/// <param name="Authors">Keys whose server lists may help.</param>
/// <param name="Size">In bytes, where it is said.</param>
public sealed record BlossomUri(
    string Sha256, string Extension, IReadOnlyList<string> Servers, IReadOnlyList<string> Authors, long? Size)
{
    const string Scheme = "blossom:";
    const int CharsMax = 4_096;
    const int HintsMax = 16;
    const int ExtensionCharsMax = 16;

    /// <summary>Where to look, in order: https before http where a hint does not say.</summary>
    public IEnumerable<Uri> Addresses => Servers
        .SelectMany(hint => hint.Contains("://", StringComparison.Ordinal)
            ? [hint]
            : new[] { $"https://{hint}", $"http://{hint}" })
        .Select(BlossomWords.Server).OfType<Uri>().Distinct();

    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a client that has uploaded a blob says of it.</summary>
    public static BlossomUri Of(BlobContent blob, IEnumerable<Uri> servers, string author) => new(
        blob.Sha256, MediaTypes.Extension(blob.MediaType), [.. servers.Select(BlossomWords.Text)], [author], blob.Size);

    /// <summary>Null for anything else. Hints that cannot be read are left out; further parameters too.</summary>
    public static BlossomUri? TryParse(string? text)
    {
        if (text is not { Length: <= CharsMax } || !Is(text)) return null;
        if (text[Scheme.Length..].Split('?', 2) is not [var name, .. var query]) return null;
        if (name.Split('.', 2) is not [var sha256, var extension] || !Hex.Is32(sha256)) return null;
        if (extension.Length is 0 or > ExtensionCharsMax || !extension.All(char.IsAsciiLetterOrDigit)) return null;

        var pairs = query.SelectMany(part => part.Split('&')).Select(part => part.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .Select(pair => (Name: pair[0], Value: Uri.UnescapeDataString(pair[1]))).ToList();
        return new(
            sha256, extension,
            [.. Values("xs").Where(IsServer)], [.. Values("as").Where(Hex.Is32)],
            Values("sz").Select(SizeOf).OfType<long>().Cast<long?>().FirstOrDefault());

        IEnumerable<string> Values(string wanted) =>
            pairs.Where(pair => pair.Name == wanted).Select(pair => pair.Value).Distinct().Take(HintsMax);
    }

    public override string ToString()
    {
        var hints = Servers.Select(server => $"xs={Uri.EscapeDataString(server)}")
            .Concat(Authors.Select(author => $"as={author}"));
        if (Size is { } size) hints = hints.Append($"sz={size.ToString(CultureInfo.InvariantCulture)}");
        var query = string.Join('&', hints);
        return $"{Scheme}{Sha256}.{Extension}{(query.Length > 0 ? "?" : "")}{query}";
    }

    static bool IsServer(string hint) =>
        BlossomWords.Server(hint.Contains("://", StringComparison.Ordinal) ? hint : $"https://{hint}") is not null;

    static long? SizeOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null;
}
