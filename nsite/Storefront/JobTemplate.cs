using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>A job that only waits for a signature: any client or tool can sign it and send it.</summary>
static class JobTemplate
{
    /// <summary>Where it stands on the site.</summary>
    public static string PathOf(StorefrontOffer offer) => $"/job-{offer.Kind}.json";

    /// <summary>A JSON event without pubkey, id, date and signature, one tag a line.</summary>
    public static string Write(AgentStorefrontData agent, StorefrontOffer offer)
    {
        var request = Nip90Words.WriteRequest(offer.Example with { Relays = agent.Relays });
        string[][] tags = [["p", agent.Pubkey], .. request];
        var lines = tags.Select(tag => "    " + JsonSerializer.Serialize(tag, TemplateJson.Plain.StringArray));
        return $$"""
            {
              "kind": {{offer.Kind}},
              "content": "",
              "tags": [
            {{string.Join(",\n", lines)}}
              ]
            }
            """;
    }
}

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
sealed partial class TemplateJson : JsonSerializerContext
{
    /// <summary>Quotes as \" and everything else as it is: people read and copy it.</summary>
    public static readonly TemplateJson Plain =
        new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
