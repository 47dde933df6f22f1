using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PoA.Nostr.Devnet.Lightning;

/// <summary>
/// A stranger's Lightning addresses, whatever the name (LUD-06, LUD-16): where the devnet's payouts and refunds go. Its
/// invoices commit to the metadata by their hash, as LUD-06 had it first.
/// </summary>
static class AddressServer
{
    const ulong MsatMax = 100_000_000_000;

    /// <summary>The node that a name is paid at.</summary>
    public static string NodeOf(string name) => $"address:{name}";

    public static void Map(IEndpointRouteBuilder routes, LightningNetwork network, Func<string> url)
    {
        // LUD-06 step 3, LUD-12.
        routes.MapGet("/.well-known/lnurlp/{name}", (HttpContext http, string name) => WriteAsync(http, new()
        {
            ["tag"] = "payRequest",
            ["callback"] = $"{url()}/lnurlp/{name}/callback",
            ["minSendable"] = 1_000,
            ["maxSendable"] = MsatMax,
            ["metadata"] = MetadataOf(name, url()),
            ["commentAllowed"] = 100,
        }));

        // LUD-06 step 5.
        routes.MapGet("/lnurlp/{name}/callback", (HttpContext http, string name, string? amount) =>
        {
            if (!ulong.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var msat)
                || msat is < 1_000 or > MsatMax)
            {
                return WriteAsync(http, new() { ["status"] = "ERROR", ["reason"] = "The amount is out of range." });
            }

            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(MetadataOf(name, url())));
            var terms = new InvoiceTerms(NodeOf(name), msat, "") { DescriptionHash = Convert.ToHexStringLower(hash) };
            var invoice = network.Issue(terms);
            return WriteAsync(http, new() { ["pr"] = invoice.Bolt11, ["routes"] = new JsonArray() });
        });
    }

    static string MetadataOf(string name, string url) => new JsonArray(
        new JsonArray("text/plain", $"Sats for {name}"),
        new JsonArray("text/identifier", $"{name}@{new Uri(url).Authority}")).ToJsonString();

    static Task WriteAsync(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }
}
