using System.Text.Json;
using PoA.Nostr.Blossom;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Nsite.Zapstore;

/// <summary>An agent with open code as an application of Zapstore: its storefront runs in a browser.</summary>
static class AppListing
{
    const string IdPrefix = "nostr.poa";
    const string Page = "/index.html";
    const string Icon = "/icon.svg";

    /// <summary>The first digits of the key are in it: in the store, one id is one publisher's.</summary>
    public static string IdOf(AgentStorefrontData agent) => $"{IdPrefix}.{agent.Slug}.{agent.Pubkey[..8]}";

    /// <param name="agent">Whose listing it is.</param>
    /// <param name="files">Of its storefront.</param>
    /// <param name="server">One that has them.</param>
    public static SoftwareApp Of(AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, Uri server) => new(
        IdOf(agent), agent.Name, agent.About.ReplaceLineEndings(" "), Nip82Words.Web,
        ["agent", "dvm", .. agent.Offers.Select(offer => $"{offer.Kind}")],
        BlossomWords.Address(server, files.Single(file => file.Path == Icon).Sha256, "svg").AbsoluteUri,
        agent.SourceUrl, agent.License);

    public static SoftwareAsset AssetOf(
        AgentStorefrontData agent, IReadOnlyList<StorefrontFile> files, IEnumerable<Uri> servers)
    {
        var page = files.Single(file => file.Path == Page);
        return new(
            agent.Version, page.Sha256, page.Bytes.Length, page.MediaType,
            [.. servers.Select(server => BlossomWords.Address(server, page.Sha256, "html").AbsoluteUri)]);
    }

    /// <summary>
    /// zapstore.yaml, for the root of the repository: the store accepts the listing of the key that stands there.
    /// </summary>
    public static string Yaml(AgentStorefrontData agent) => $"""
        # Zapstore reads this file to learn which key speaks for this repository.
        identifier: {IdOf(agent)}
        name: {Quoted(agent.Name)}
        summary: {Quoted(agent.About)}
        repository: {Quoted(agent.SourceUrl!)}
        license: {Quoted(agent.License!)}
        pubkey: {agent.Npub}

        """;

    /// <summary>A JSON string is a double-quoted scalar of YAML 1.2.</summary>
    static string Quoted(string text)
    {
        var plain = new string([.. text.ReplaceLineEndings(" ").Where(c => !char.IsControl(c))]);
        return JsonSerializer.Serialize(plain, TemplateJson.Plain.String);
    }
}
