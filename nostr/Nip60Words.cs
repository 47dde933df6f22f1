using System.Globalization;
using System.Text;

namespace PoA.Nostr;

/// <summary>
/// Cashu wallets kept on relays (NIP-60), as others keep theirs: wallet 17375, tokens 7375, history 7376, quotes 7374.
/// Contents are tags or JSON, encrypted to oneself.
/// </summary>
public static class Nip60Words
{
    public const int WalletKind = 17_375;
    public const int TokenKind = 7_375;
    public const int HistoryKind = 7_376;
    public const int QuoteKind = 7_374;

    /// <summary>
    /// The history of a redeemed nutzap (NIP-61): what came in is for its owner's eyes, that it was redeemed for all.
    /// </summary>
    public static async Task<EventTemplate> RedeemedAsync(
        ISigner owner, string zap, string sender, long amountSat, long createdAt, CancellationToken ct)
    {
        string[][] content =
        [
            ["direction", "in"], ["amount", amountSat.ToString(CultureInfo.InvariantCulture)], ["unit", "sat"],
        ];
        var json = Encoding.UTF8.GetString(JsonText.Write(JsonText.SizeMax(content), content, JsonText.Tags));
        var hidden = await owner.EncryptAsync(Encryption.Nip44, owner.Pubkey, json, ct);
        string[][] tags = [["e", zap, "", "redeemed"], ["p", sender]];
        return new(HistoryKind, createdAt, tags, hidden);
    }

    /// <summary>The ids of the nutzaps that a history event says were redeemed.</summary>
    public static IReadOnlyList<string> Redeemed(NostrEvent history) => history.Kind != HistoryKind ? [] :
        [.. history.TagsNamed("e").Where(tag => tag is [_, _, _, "redeemed", ..]).Select(tag => tag[1])];

    /// <summary>The mints and the key of a wallet, out of its decrypted tags.</summary>
    public static (IReadOnlyList<string> Mints, string? PrivateKey) Wallet(string[][] decrypted) =>
    (
        [.. decrypted.Where(tag => tag is ["mint", _, ..]).Select(tag => tag[1])],
        decrypted.FirstOrDefault(tag => tag is ["privkey", _, ..])?[1]
    );

    /// <summary>The deletion of spent token events must name their kind (NIP-60, "Token Event").</summary>
    public static EventTemplate Spent(IEnumerable<string> tokenEvents, long createdAt) => new(
        5, createdAt, [.. tokenEvents.Select(id => new[] { "e", id }), ["k", "7375"]], "");
}
