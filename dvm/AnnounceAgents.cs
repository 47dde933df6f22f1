using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Dvm;

/// <summary>
/// What relays should know about each agent: its profile (kind 0), and for each kind that it sells one handler event
/// (NIP-89, kind 31990) with everything that the known clients read.
/// </summary>
public sealed class AnnounceAgents(
    IEnumerable<JobKind> kinds, AgentDirectory agents, QuoteWays ways, IOwnRelays relays,
    IOptions<LnurlOptions> lnurl, IOptions<DvmOptions> options) : IAnnouncementSource
{
    const int Profile = 0;

    /// <summary>NIP-61: how to send an agent nutzaps.</summary>
    const int NutzapInfo = 10_019;

    readonly Dictionary<int, JobKind> _kinds = kinds.ToDictionary(kind => kind.Kind);

    public Task<IReadOnlyList<Announcement>> AnnouncementsAsync(CancellationToken ct)
    {
        IReadOnlyList<Announcement> all =
        [
            .. from agent in agents.All
               from announcement in Of(agent)
               select announcement,
        ];
        return Task.FromResult(all);
    }

    IEnumerable<Announcement> Of(Agent agent)
    {
        var signer = agents.Signer(agent.Pubkey);
        yield return new(signer, Profile, [], ProfileOf(agent));
        foreach (var one in ForEcash(signer, agent)) yield return one;
        foreach (var kind in agent.Prices.Keys.Order().Select(kind => _kinds.GetValueOrDefault(kind)).OfType<JobKind>())
        {
            var content = HandlerOf(agent, kind, agent.Prices[kind.Kind], SiteOf(agent), ways.Mints.Count > 0);
            yield return new(signer, Nip89Words.HandlerKind, TagsOf(agent, kind), content);
        }
    }

    /// <summary>
    /// Where ecash for it is sent: the mints and the key to lock it to (NIP-61), and the relays for private messages,
    /// by which payment requests are answered (NIP-17).
    /// </summary>
    IEnumerable<Announcement> ForEcash(ISigner signer, Agent agent)
    {
        if (ways.Mints.Count == 0 || agents.CashuKey(agent.Pubkey) is not { } key) yield break;

        string[] own = [.. relays.For("jobs")];
        string[][] tags =
        [
            .. own.Select(relay => new[] { "relay", relay }),
            .. ways.Mints.Select(mint => new[] { "mint", mint, "sat" }),
            ["pubkey", "02" + key.Pubkey],
        ];
        yield return new(signer, NutzapInfo, tags, "");
        yield return new(signer, Nip17Words.RelaysKind, [.. own.Select(relay => new[] { "relay", relay })], "");
    }

    string ProfileOf(Agent agent)
    {
        var (lud16, lud06) = LnurlText.AddressOf(lnurl.Value.PublicUrl, agent.Slug);
        var site = SiteOf(agent);
        return Write(new JsonObject
        {
            ["name"] = agent.Name,
            ["display_name"] = agent.Name,
            ["about"] = agent.About,
            ["picture"] = PictureOf(agent, site),
            ["website"] = site,
            ["bot"] = true,
            ["lud16"] = lud16,
            ["lud06"] = lud06,
        });
    }

    string? SiteOf(Agent agent) =>
        options.Value.StorefrontUrl?.Replace("{npub}", Nip19Words.Npub(agent.Pubkey), StringComparison.Ordinal);

    /// <summary>Every storefront has an icon, so an agent without a picture of its own shows that.</summary>
    static string? PictureOf(Agent agent, string? site) => agent.Picture ?? (site is null ? null : site + "icon.svg");

    /// <summary>
    /// The d tag is the agent and the kind: it stays when the name or the picture changes. Its site is its key's root
    /// site (NIP-89 <c>latest</c>).
    /// </summary>
    internal static string[][] TagsOf(Agent agent, JobKind kind) => Nip89Words.HandlerTags(
        $"{agent.Pubkey}-{Number(kind.Kind)}", [kind.Kind],
        ["t", kind.Capability], ["latest", $"{Number(Nip5AWords.RootSite)}:{agent.Pubkey}:"],
        ["alt", $"{agent.Name} does jobs of kind {Number(kind.Kind)}: {kind.Name}"]);

    /// <summary>
    /// One client reads the amount as sats and another as msats, so it is a word; the exact price stands in the
    /// feedback. Encryption has two names for the same reason.
    /// </summary>
    internal static string HandlerOf(Agent agent, JobKind kind, Msat price, string? site = null, bool ecash = false)
    {
        var picture = PictureOf(agent, site);
        return Write(new JsonObject
        {
            ["name"] = $"{agent.Name}: {kind.Name}",
            ["display_name"] = $"{agent.Name}: {kind.Name}",
            ["about"] = kind.About,
            ["picture"] = picture,
            ["image"] = picture,
            ["website"] = site,
            ["amount"] = price == Msat.Zero ? "free" : "flexible",
            ["personalized"] = kind.Personalized,
            ["subscription"] = false,
            ["supportsEncryption"] = true,
            ["encryptionSupported"] = true,
            ["acceptsNutZaps"] = ecash,
            ["cashuAccepted"] = ecash,
            ["action"] = "none",
            ["nip90Params"] = ParamsOf(kind),
            ["schema"] = SchemaOf(kind),
        });
    }

    static JsonObject ParamsOf(JobKind kind) => new(kind.Params.Select(param => KeyValuePair.Create(
        param.Name,
        (JsonNode?)new JsonObject
        {
            ["required"] = param.Required,
            ["values"] = new JsonArray([.. param.Values.Select(value => (JsonNode?)value)]),
            ["description"] = param.Description,
        })));

    /// <summary>JSON Schema of the parameters.</summary>
    static JsonObject SchemaOf(JobKind kind) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(
            kind.Params.Select(param => KeyValuePair.Create(param.Name, (JsonNode?)PropertyOf(param)))),
        ["required"] = new JsonArray(
            [.. kind.Params.Where(param => param.Required).Select(param => (JsonNode?)param.Name)]),
    };

    static JsonObject PropertyOf(JobKindParam param)
    {
        var property = new JsonObject { ["type"] = "string", ["description"] = param.Description };
        if (param.Values.Count > 0)
        {
            property["enum"] = new JsonArray([.. param.Values.Select(value => (JsonNode?)value)]);
        }

        return property;
    }

    /// <summary>What is not known is left out.</summary>
    static string Write(JsonObject content)
    {
        foreach (var name in content.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            content.Remove(name);
        }

        return content.ToJsonString(JsonSerializerOptions.Default);
    }

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
