using System.Globalization;
using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>A message between people (NIP-17), opened: its author sealed it.</summary>
/// <param name="Id">Of the rumor: what a reply or a deletion names.</param>
/// <param name="Author">The key that sealed it.</param>
/// <param name="CreatedAt">Unix seconds, as the author says.</param>
/// <param name="Receivers">Whom the author addressed, in the author's order.</param>
/// <param name="Text">Plain text; of a file its URL.</param>
public sealed record PrivateMessage(
    string Id, string Author, long CreatedAt, IReadOnlyList<string> Receivers, string Text)
{
    /// <summary>The topic, where this message sets it.</summary>
    public string? Subject { get; init; }

    /// <summary>The message that this one answers.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Set when the message is a file.</summary>
    public EncryptedFile? File { get; init; }
}

/// <summary>What opens the file of a kind 15. It prints without the key.</summary>
/// <param name="Mime">Of the file itself.</param>
/// <param name="Algorithm">"aes-gcm" is the one that the NIP knows.</param>
/// <param name="Key">As the author wrote it.</param>
/// <param name="Nonce">Likewise.</param>
/// <param name="Sha256">Of the encrypted bytes, in hex.</param>
/// <param name="Size">Of the encrypted bytes, or null.</param>
public sealed record EncryptedFile(
    string Mime, string Algorithm, string Key, string Nonce, string Sha256, long? Size = null)
{
    public override string ToString() => $"{Mime} file {Sha256} (key hidden)";
}

/// <summary>
/// Private messages (NIP-17): kinds 14 and 15, wrapped one by one for every receiver and for the author. Receivers say
/// in a kind 10050 where they are to be reached; who has none is not written to.
/// </summary>
public static class Nip17Words
{
    public const int MessageKind = 14;
    public const int FileKind = 15;
    public const int RelaysKind = 10_050;

    /// <summary>The NIP sends larger groups elsewhere: each message costs a wrap for every head.</summary>
    public const int ReceiversMax = 10;

    const int PastSecondsMax = 2 * 24 * 60 * 60;

    public static EventTemplate Message(
        IEnumerable<string> receivers, string text, long createdAt, string? subject = null, string? replyTo = null) =>
        new(MessageKind, createdAt, [.. Head(receivers, subject, replyTo)], text);

    public static EventTemplate FileMessage(
        IEnumerable<string> receivers, string url, EncryptedFile file, long createdAt, string? subject = null,
        string? replyTo = null)
    {
        List<string[]> tags =
        [
            .. Head(receivers, subject, replyTo),
            ["file-type", file.Mime],
            ["encryption-algorithm", file.Algorithm],
            ["decryption-key", file.Key],
            ["decryption-nonce", file.Nonce],
            ["x", file.Sha256],
        ];
        if (file.Size is { } size) tags.Add(["size", size.ToString(CultureInfo.InvariantCulture)]);
        return new(FileKind, createdAt, [.. tags], url);
    }

    /// <summary>Where its owner is written to in private, and nowhere else.</summary>
    public static EventTemplate RelayList(IEnumerable<string> relays, long createdAt) =>
        new(RelaysKind, createdAt, [.. relays.Select(relay => new[] { "relay", relay })], "");

    /// <summary>Empty when the owner is not ready for messages.</summary>
    public static IReadOnlyList<string> Relays(NostrEvent list) =>
        list.TagsNamed("relay").Select(tag => Nip65Words.Normal(tag[1])).OfType<string>().Distinct().ToList();

    /// <summary>A wrap for every receiver, in their order, the last for the author; times within two days.</summary>
    /// <exception cref="ProblemException">More receivers than a message may have, or a key that is none.</exception>
    public static async Task<IReadOnlyList<NostrEvent>> WrapAsync(
        ISigner author, EventTemplate message, DateTimeOffset now, CancellationToken ct)
    {
        List<string> heads = [.. Receivers(message.Tags).Where(receiver => receiver != author.Pubkey)];
        if (heads.Count > ReceiversMax) throw new ProblemException(EncryptionProblems.TooManyReceivers);

        List<NostrEvent> wraps = [];
        foreach (var head in heads.Append(author.Pubkey))
        {
            wraps.Add(await Nip59Words.WrapAsync(author, head, message, Past(now), Past(now), ct));
        }

        return wraps;
    }

    /// <summary>What a wrap to this signer says, its author proven by the seal.</summary>
    /// <exception cref="ProblemException">Not for this key, broken, or no message.</exception>
    public static async Task<PrivateMessage> OpenAsync(ISigner recipient, NostrEvent wrap, CancellationToken ct) =>
        Read(await Nip59Words.UnwrapAsync(recipient, wrap, ct))
            ?? throw new ProblemException(EncryptionProblems.NoMessage);

    static PrivateMessage? Read(Rumor rumor)
    {
        var said = rumor.Said;
        var file = said.Kind == FileKind ? FileOf(said.Tags) : null;
        if (said.Kind != MessageKind && file is null) return null;

        return new(rumor.Id, rumor.Pubkey, said.CreatedAt, [.. Receivers(said.Tags)], said.Content)
        {
            Subject = Tag(said.Tags, "subject"),
            ReplyTo = Tag(said.Tags, "e"),
            File = file,
        };
    }

    static EncryptedFile? FileOf(string[][] tags) =>
        Tag(tags, "encryption-algorithm") is { } algorithm && Tag(tags, "decryption-key") is { } key
        && Tag(tags, "decryption-nonce") is { } nonce && Tag(tags, "x") is { } hash && Hex.Is32(hash)
            ? new(
                Tag(tags, "file-type") ?? "application/octet-stream", algorithm, key, nonce, hash,
                long.TryParse(Tag(tags, "size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                    ? size
                    : null)
            : null;

    static IEnumerable<string[]> Head(IEnumerable<string> receivers, string? subject, string? replyTo)
    {
        foreach (var receiver in receivers) yield return ["p", receiver];
        if (replyTo is not null) yield return ["e", replyTo];
        if (subject is not null) yield return ["subject", subject];
    }

    static IEnumerable<string> Receivers(string[][] tags) =>
        tags.Where(tag => tag is ["p", var key, ..] && Hex.Is32(key)).Select(tag => tag[1]).Distinct();

    static string? Tag(string[][] tags, string name) =>
        tags.FirstOrDefault(tag => tag is [var head, _, ..] && head == name)?[1];

    static long Past(DateTimeOffset now) => now.ToUnixTimeSeconds() - RandomNumberGenerator.GetInt32(PastSecondsMax);
}
