using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// The storefront's page: HTML and CSS alone, no script, for screen readers and phones, light and dark. Everything
/// that somebody wrote is encoded, and the page itself forbids whatever does not come from its own site.
/// </summary>
static class StorefrontPage
{
    const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

    static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Render(AgentStorefrontData agent) => $"""
        {Head(agent, $"{agent.Name} – an agent for hire on Nostr")}
        <a class="skip" href="#hire">Skip to hiring</a>
        <header>
        <img class="face" src="/icon.svg" alt="" width="112" height="112">
        <div>
        <p class="kicker">An agent for hire on Nostr</p>
        <h1 dir="auto">{E(agent.Name)}</h1>
        <p class="lead" dir="auto">{E(agent.About)}</p>
        <ul class="facts">
        {Lines(Facts(agent).Select(fact => $"<li>{fact}</li>"))}
        </ul>
        {(agent.Offers.Count == 0 ? "" : $"<p><a class=\"button\" href=\"#hire\">Hire {Bdi(agent.Name)}</a></p>")}
        </div>
        </header>
        <main>
        <section aria-labelledby="offers">
        <h2 id="offers">What it does</h2>
        {Offers(agent)}
        </section>
        <section aria-labelledby="record">
        <h2 id="record">Its record</h2>
        {Record(agent.Record)}
        </section>
        <section aria-labelledby="hire">
        <h2 id="hire">Hire it</h2>
        {StorefrontHiring.Render(agent)}
        </section>
        <section aria-labelledby="trust">
        <h2 id="trust">Check it yourself</h2>
        {Trust(agent)}
        </section>
        </main>
        <footer>
        <p>This page is a set of files that {Bdi(agent.Name)} signed with its own key (NIP-5A). They lie on Blossom
        servers under their hashes: any gateway can show them, and none can change them.</p>
        </footer>
        </body>
        </html>

        """;

    /// <summary>What a gateway shows for a path that the site does not have.</summary>
    public static string RenderMissing(AgentStorefrontData agent) => $"""
        {Head(agent, $"Not here – {agent.Name}")}
        <main class="missing">
        <img class="face" src="/icon.svg" alt="" width="112" height="112">
        <h1>There is no such page</h1>
        <p><a class="button" href="/">To the storefront of {Bdi(agent.Name)}</a></p>
        </main>
        </body>
        </html>

        """;

    /// <summary>Encoded for text and for attributes in quotes.</summary>
    public static string E(string text) => Html.Encode(text);

    /// <summary>A name amid other words, whichever way it is written.</summary>
    public static string Bdi(string name) => $"<bdi>{E(name)}</bdi>";

    /// <summary>The relay to name in commands.</summary>
    public static string Relay(AgentStorefrontData agent) => agent.Relays.Count == 0 ? "wss://RELAY" : agent.Relays[0];

    public static string Lines(IEnumerable<string> parts) => string.Join('\n', parts);

    public static string Price(Msat price) => price == Msat.Zero ? "free" : $"{Number(price.Sat)} sat";

    /// <summary>A block that one click selects; those who have no pointer reach it by its name.</summary>
    public static string Copyable(string name, string text) =>
        $"<pre tabindex=\"0\" role=\"region\" aria-label=\"{E(name)}\">{E(text)}</pre>";

    static string Head(AgentStorefrontData agent, string title) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{Policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{E(title)}</title>
        <meta name="description" content="{E(agent.About)}">
        <meta property="og:title" content="{E(agent.Name)}">
        <meta property="og:description" content="{E(agent.About)}">
        <meta property="og:type" content="website">
        <meta property="og:image" content="/og.svg">
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        """;

    /// <summary>What a customer wants to know first.</summary>
    static IEnumerable<string> Facts(AgentStorefrontData agent)
    {
        var prices = agent.Offers.Select(offer => offer.Price).Distinct().Order().ToList();
        yield return prices switch
        {
            [] => "Not selling now",
            [var one] when one == Msat.Zero => "Free of charge",
            [var one] => $"{Price(one)} a job",
            [var least, ..] => $"From {(least == Msat.Zero ? "0 sat" : Price(least))} a job",
        };
        if (agent.Record.Settled > 0) yield return Settled(agent.Record);
        if (agent.Offers.Any(offer => offer.Checked)) yield return "Results checked by machine";
        if (agent.License is { } license) yield return $"Open source, {E(license)}";
    }

    static string Offers(AgentStorefrontData agent) => agent.Offers.Count == 0
        ? "<p>Nothing for sale at the moment.</p>"
        : Lines(agent.Offers.Select((offer, i) => Offer(agent, offer, open: i == 0)));

    /// <summary>The first job stands open: what there is to copy shows itself.</summary>
    static string Offer(AgentStorefrontData agent, StorefrontOffer offer, bool open) => $"""
        <article class="card" aria-labelledby="kind-{offer.Kind}">
        <h3 id="kind-{offer.Kind}" dir="auto">{E(offer.Name)}</h3>
        <p class="price">{Price(offer.Price)}{(offer.Price == Msat.Zero ? "" : "<span> a job</span>")}</p>
        <p dir="auto">{E(offer.About)}</p>
        {Settings(offer)}
        <dl class="terms">
        <div><dt>Kind</dt><dd>{offer.Kind}, answered by {Nip90Words.ResultKind(offer.Kind)}</dd></div>
        <div><dt>Takes at most</dt><dd>{Time(offer.Time)}</dd></div>
        <div><dt>Checked</dt><dd>{(offer.Checked ? "by a machine, before you get it" : "by you")}</dd></div>
        </dl>
        <details{(open ? " open" : "")}>
        <summary>A job to copy, sign and send<span class="hidden"> for {E(offer.Name)}</span></summary>
        {Copyable($"Job event for {offer.Name}", JobTemplate.Write(agent, offer))}
        <p class="fine">Change the <code>i</code> tag to what you want done. As a file:
        <a href="{JobTemplate.PathOf(offer)}" download>{JobTemplate.PathOf(offer)[1..]}</a></p>
        </details>
        </article>
        """;

    static string Settings(StorefrontOffer offer) => offer.Params.Count == 0 ? "" : $"""
        <table>
        <caption>You may set</caption>
        <tbody>
        {Lines(offer.Params.Select(Setting))}
        </tbody>
        </table>
        """;

    static string Setting(StorefrontParam param)
    {
        var values = param.Values.Count == 0
            ? ""
            : $" One of {string.Join(", ", param.Values.Select(value => $"<code>{E(value)}</code>"))}.";
        var required = param.Required ? " <strong>Required.</strong>" : "";
        return $"""
            <tr><th scope="row"><code>{E(param.Name)}</code></th>
            <td><bdi>{E(param.About)}</bdi>{values}{required}</td></tr>
            """;
    }

    static string Record(StorefrontRecord record) => record.Taken == 0
        ? "<p>It is new: none of its jobs has ended yet. What it delivers is signed all the same.</p>"
        : $"""
            <dl class="figures">
            {Figure("Settled", record.Settled, $"of {Jobs(record.Taken)} that ended")}
            {Figure("Failed", record.Failed, $"of {Number(record.Taken)}; nobody pays for those")}
            {Figure("Disputed", record.Disputed, $"of {Number(record.Taken)}")}
            </dl>
            <p class="fine">Counted by the marketplace that runs it, over all of its jobs.</p>
            """;

    static string Figure(string name, long value, string of) =>
        $"<div><dt>{name}</dt><dd>{Number(value)} <small>{of}</small></dd></div>";

    static string Trust(AgentStorefrontData agent) => $"""
        <ul class="checks">
        <li><strong>Who it is.</strong> Every answer is signed by <code class="key">{agent.Npub}</code>.</li>
        {Answers(agent)}
        <li><strong>What it runs.</strong> {Source(agent)}</li>
        {Lines(agent.Proofs.Select(proof => $"<li>{Link(proof.Link, proof.Title)}</li>"))}
        <li><strong>For programs.</strong> All of this as JSON: <a href="/agent.json">agent.json</a></li>
        </ul>
        """;

    /// <summary>Its public answers are events: whoever doubts the record counts them.</summary>
    static string Answers(AgentStorefrontData agent)
    {
        if (agent.Offers.Count == 0) return "";
        var kinds = string.Join(' ', agent.Offers.Select(offer => $"-k {Nip90Words.ResultKind(offer.Kind)}"));
        var command = $"nak req {kinds} -a {agent.Npub} {Relay(agent)}";
        return $"""
            <li><strong>What it has done.</strong> Its answers to public jobs can be fetched by anybody:
            {Copyable("Command that fetches its answers", command)}</li>
            """;
    }

    static string Source(AgentStorefrontData agent) => agent switch
    {
        { License: null } => "Its code is closed.",
        { SourceUrl: { } url } =>
            $"Version {E(agent.Version)}, open under {E(agent.License)}: {Link(url, url)}",
        _ => $"Version {E(agent.Version)}, open under {E(agent.License)}.",
    };

    /// <summary>A link to a page here or elsewhere; whatever else an owner writes is only shown.</summary>
    static string Link(string address, string text) =>
        address.StartsWith('/') || address.StartsWith("https://", StringComparison.Ordinal)
            ? $"<a href=\"{E(address)}\">{E(text)}</a>"
            : E(text);

    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => $"{Number((long)time.TotalSeconds)} seconds",
        { TotalMinutes: < 120 } => $"{Number((long)time.TotalMinutes)} minutes",
        { TotalHours: < 72 } => $"{Number((long)time.TotalHours)} hours",
        _ => $"{Number((long)time.TotalDays)} days",
    };

    /// <summary>A count with what it is a part of.</summary>
    public static string Settled(StorefrontRecord record) =>
        $"{Number(record.Settled)} of {Jobs(record.Taken)} settled";

    static string Jobs(long count) => count == 1 ? "1 job" : $"{Number(count)} jobs";

    /// <summary>Thousands apart by a space that does not break.</summary>
    static string Number(long value) => value.ToString("#,0", Spaced);

    static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = "\u00a0" };
}
