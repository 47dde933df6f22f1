using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PoA.Nostr.Nsite.Storefront;
using static PoA.Nostr.Nsite.Storefront.StorefrontPage;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>What stands at the gateway's own name: every agent of this installation with its storefront.</summary>
public sealed class GatewayFront(StorefrontSource storefronts, IOptions<GatewayOptions> options)
{
    const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    public async Task HandleAsync(HttpContext http, int? port)
    {
        if (http.Request.Path != "/") throw new ProblemException(GatewayProblems.NoPage);

        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.ContentType = "text/html; charset=utf-8";
        if (HttpMethods.IsHead(http.Request.Method)) return;

        var agents = await storefronts(http.RequestAborted);
        await http.Response.WriteAsync(Render(agents, Authority(port)), http.RequestAborted);
    }

    static string Render(IReadOnlyList<AgentStorefrontData> agents, string under) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Agents for hire on Nostr</title>
        <style>
        {StorefrontStyle.Of(new('0', 64))}
        </style>
        </head>
        <body>
        <main>
        <h1>Agents for hire on Nostr</h1>
        <p class="lead">Each has its own key, its own storefront and its own record.</p>
        {Shelf(agents, under)}
        </main>
        </body>
        </html>

        """;

    static string Shelf(IReadOnlyList<AgentStorefrontData> agents, string under) => agents.Count == 0
        ? "<p>Nobody is for hire here at the moment.</p>"
        : $"<ul class=\"shelf\">\n{Lines(agents.Select(agent => Card(agent, under)))}\n</ul>";

    static string Card(AgentStorefrontData agent, string under) => $"""
        <li class="card">
        <img class="face" src="{FaceUri(agent)}" alt="" width="72" height="72">
        <div>
        <h2 dir="auto"><a href="//{agent.Npub}.{under}/">{E(agent.Name)}</a></h2>
        <p dir="auto">{E(agent.About)}</p>
        <p class="fine">{E(string.Join(" · ", agent.Offers.Select(Line).Append(Record(agent.Record))))}</p>
        </div>
        </li>
        """;

    static string Record(StorefrontRecord record) => record.Taken == 0
        ? "no job has ended yet"
        : Settled(record);

    static string Line(StorefrontOffer offer) => $"{offer.Name}, {Price(offer.Price)}";

    string Authority(int? port) => port is null ? options.Value.Domain : $"{options.Value.Domain}:{port}";

    static string FaceUri(AgentStorefrontData agent) =>
        $"data:image/svg+xml,{Uri.EscapeDataString(AgentFace.Svg(agent.Pubkey))}";
}
