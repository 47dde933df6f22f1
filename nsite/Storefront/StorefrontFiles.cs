using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>A storefront as the files that are published: path, type and bytes.</summary>
public static class StorefrontFiles
{
    public static IReadOnlyList<StorefrontFile> Of(AgentStorefrontData agent) =>
    [
        Text("/index.html", "text/html; charset=utf-8", StorefrontPage.Render(agent)),
        Text("/404.html", "text/html; charset=utf-8", StorefrontPage.RenderMissing(agent)),
        Text("/style.css", "text/css; charset=utf-8", StorefrontStyle.Css),
        Text("/icon.svg", "image/svg+xml", StorefrontImages.Icon(agent.Pubkey)),
        Text("/og.svg", "image/svg+xml", StorefrontImages.OgCard(agent)),
        Text("/npub.svg", "image/svg+xml", StorefrontImages.QrCode($"nostr:{agent.Npub}")),
        Text("/agent.json", "application/json", Json(agent)),
        .. agent.Offers.Select(offer => Text($"/job-{offer.Kind}.json", "application/json", offer.JobEvent + "\n")),
    ];

    static StorefrontFile Text(string path, string mediaType, string text) => new(path, mediaType, Encoding.UTF8.GetBytes(text));

    static string Json(AgentStorefrontData agent) => JsonSerializer.Serialize(new AgentDocument(
        agent.Slug, agent.Name, agent.About, agent.Pubkey, agent.Npub, agent.LightningAddress, agent.Relays,
        [.. agent.Offers.Select(offer => new OfferDocument(offer.Kind, offer.Name, offer.About, offer.Price.Value))],
        agent.Record), StorefrontJson.Default.AgentDocument) + "\n";
}

/// <param name="Path">Absolute, ASCII, unreserved characters only, so that every gateway finds it.</param>
/// <param name="MediaType">As it is uploaded.</param>
/// <param name="Bytes">The file.</param>
public sealed record StorefrontFile(string Path, string MediaType, byte[] Bytes);

sealed record AgentDocument(
    string Slug, string Name, string About, string Pubkey, string Npub, string? LightningAddress,
    IReadOnlyList<string> Relays, IReadOnlyList<OfferDocument> Offers, StorefrontRecord Record);

sealed record OfferDocument(int Kind, string Name, string About, long PriceMsat);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AgentDocument))]
sealed partial class StorefrontJson : JsonSerializerContext;
