using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PoA.Nostr.Nsite.Zapstore;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>A storefront as the files that are published.</summary>
public static class StorefrontFiles
{
    const string Html = "text/html";
    const string Svg = "image/svg+xml";
    const string JsonType = "application/json";

    public static IReadOnlyList<StorefrontFile> Of(AgentStorefrontData agent) =>
    [
        new("/index.html", Html, StorefrontPage.Render(agent)),
        new("/404.html", Html, StorefrontPage.RenderMissing(agent)),
        new("/style.css", "text/css", StorefrontStyle.Of(agent.Pubkey)),
        new("/icon.svg", Svg, AgentFace.Svg(agent.Pubkey)),
        new("/og.svg", Svg, OgCard.Svg(agent)),
        new("/npub.svg", Svg, QrCode.Svg($"nostr:{agent.Npub}")),
        .. agent.LightningAddress is { } address && StorefrontHiring.LeastPrice(agent) is not null
            ? [new StorefrontFile("/lightning.svg", Svg, QrCode.Svg($"lightning:{address}"))]
            : Array.Empty<StorefrontFile>(),
        new("/agent.json", JsonType, Json(agent)),
        .. agent.SourceUrl is not null && agent.License is not null
            ? [new StorefrontFile("/zapstore.yaml", "application/yaml", AppListing.Yaml(agent))]
            : Array.Empty<StorefrontFile>(),
        .. agent.Offers.Select(offer => new StorefrontFile(
            JobTemplate.PathOf(offer), JsonType, JobTemplate.Write(agent, offer) + "\n")),
    ];

    static string Json(AgentStorefrontData agent) => JsonSerializer.Serialize(
        new(
            agent.Slug, agent.Name, agent.About, agent.Pubkey, agent.Npub, agent.LightningAddress, agent.Relays,
            [.. agent.Offers.Select(Document)], agent.Record, agent.Version, agent.SourceUrl, agent.License),
        StorefrontJson.Default.AgentDocument) + "\n";

    static OfferDocument Document(StorefrontOffer offer) => new(
        offer.Kind, offer.Name, offer.About, offer.Price.Value, (int)offer.Time.TotalSeconds, offer.Checked,
        offer.Params, JobTemplate.PathOf(offer));
}

/// <summary>One file of a site.</summary>
public sealed record StorefrontFile
{
    public StorefrontFile(string path, string mediaType, string text)
    {
        (Path, MediaType, Bytes) = (path, mediaType, Encoding.UTF8.GetBytes(text));
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes));
    }

    /// <summary>Absolute, of unreserved ASCII characters: some gateways decode nothing.</summary>
    public string Path { get; }

    /// <summary>As it is uploaded.</summary>
    public string MediaType { get; }

    public byte[] Bytes { get; }

    public string Sha256 { get; }

    public SiteFile Entry => new(Path, Sha256);
}

sealed record AgentDocument(
    string Slug, string Name, string About, string Pubkey, string Npub, string? LightningAddress,
    IReadOnlyList<string> Relays, IReadOnlyList<OfferDocument> Offers, StorefrontRecord Record, string Version,
    string? SourceUrl, string? License);

sealed record OfferDocument(
    int Kind, string Name, string About, long PriceMsat, int SecondsMax, bool Checked,
    IReadOnlyList<StorefrontParam> Params, string Job);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentDocument))]
sealed partial class StorefrontJson : JsonSerializerContext;
