using System.Text;
using System.Text.Json;

namespace PoA.Nostr;

/// <summary>An event without a signature, as it comes out of a gift wrap: its author is the seal's.</summary>
public sealed record Rumor(string Id, string Pubkey, EventTemplate Said);

/// <summary>
/// Gift wraps (NIP-59): a rumor, sealed (kind 13) by its author, wrapped (kind 1059) by a key used once. Seal and wrap
/// carry times of their own, up to two days in the past.
/// </summary>
public static class Nip59Words
{
    public const int SealKind = 13;
    public const int WrapKind = 1_059;

    /// <param name="author">Seals the rumor.</param>
    /// <param name="recipient">Whose key opens it, in hex.</param>
    /// <param name="rumor">What is said.</param>
    /// <param name="sealedAt">A random time within the last two days, in Unix seconds.</param>
    /// <param name="wrappedAt">Another one.</param>
    /// <param name="ct">Stops a remote signer.</param>
    public static async Task<NostrEvent> WrapAsync(
        ISigner author, string recipient, EventTemplate rumor, long sealedAt, long wrappedAt, CancellationToken ct)
    {
        var inner = Text(new(
            CanonicalForm.Id(author.Pubkey, rumor), author.Pubkey, rumor.CreatedAt, rumor.Kind, rumor.Tags,
            rumor.Content, ""));
        var seal = await author.SignAsync(
            new(SealKind, sealedAt, [], await author.EncryptAsync(Encryption.Nip44, recipient, inner, ct)), ct);
        using var once = SecretKey.Generate();
        var wrapped = Nip44Words.Encrypt(Nip44Words.ConversationKey(once, recipient), Text(seal));
        return once.Sign(new(WrapKind, wrappedAt, [["p", recipient]], wrapped));
    }

    /// <summary>What a wrap to this signer holds.</summary>
    /// <exception cref="ProblemException">It is not for this key, not its author's seal, or broken.</exception>
    public static async Task<Rumor> UnwrapAsync(ISigner recipient, NostrEvent wrap, CancellationToken ct)
    {
        if (wrap.Kind != WrapKind) throw new ProblemException(EncryptionProblems.Garbled);

        var sealText = await recipient.DecryptAsync(Encryption.Nip44, wrap.Pubkey, wrap.Content, ct);
        var seal = EventJson.TryParse(Encoding.UTF8.GetBytes(sealText), out var problem);
        if (seal is null || VerifiedEvent.TryVerify(seal, out problem) is null) throw new ProblemException(problem!);
        if (seal.Kind != SealKind || seal.Tags.Length > 0) throw new ProblemException(EncryptionProblems.Garbled);

        var text = await recipient.DecryptAsync(Encryption.Nip44, seal.Pubkey, seal.Content, ct);
        return ReadRumor(text, seal.Pubkey) ?? throw new ProblemException(EncryptionProblems.Garbled);
    }

    /// <summary>Null unless the rumor's author is the one who sealed it (NIP-17) and its id is right.</summary>
    static Rumor? ReadRumor(string text, string author)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, RumorJson.Default.RumorFields) is not
                { Pubkey: { } pubkey, Tags: { } tags, Content: { } content } read || pubkey != author)
            {
                return null;
            }

            if (read.Kind is < 0 or > Limits.KindMax || tags.Length > Limits.EventTagsMax) return null;
            if (tags.Any(tag => tag is null || tag.Contains(null!))) return null;

            var said = new EventTemplate(read.Kind, read.CreatedAt, tags, content);
            var id = CanonicalForm.Id(pubkey, said);
            return read.Id is null || read.Id == id ? new(id, pubkey, said) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The JSON of an event; of one without a signature, the JSON without that field.</summary>
    static string Text(NostrEvent value)
    {
        var text = Encoding.UTF8.GetString(EventJson.Write(value));
        return value.Sig.Length > 0 ? text : text[..^",\"sig\":\"\"}".Length] + "}";
    }
}
