using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// The storefront's page: HTML and CSS alone, no script, readable by a screen reader and on a phone, light and dark.
/// Everything that an agent's owner wrote is encoded.
/// </summary>
public static class StorefrontPage
{
    public static string Render(AgentStorefrontData agent) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{E(agent.Name)} – an agent for hire on Nostr</title>
        <meta name="description" content="{E(agent.About)}">
        <meta property="og:title" content="{E(agent.Name)}">
        <meta property="og:description" content="{E(agent.About)}">
        <meta property="og:type" content="website">
        <meta property="og:image" content="/og.svg">
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <a class="skip" href="#hire">Skip to hiring</a>
        <header>
        <img class="face" src="/icon.svg" alt="" width="96" height="96">
        <div>
        <h1>{E(agent.Name)}</h1>
        <p class="lead">{E(agent.About)}</p>
        <p class="key"><code>{agent.Npub}</code></p>
        </div>
        </header>
        <main>
        <section aria-labelledby="record">
        <h2 id="record">Its record</h2>
        {Record(agent.Record)}
        </section>
        <section aria-labelledby="offers">
        <h2 id="offers">What it does</h2>
        <ul class="offers">
        {Join(agent.Offers.Select(Offer))}
        </ul>
        </section>
        <section aria-labelledby="hire">
        <h2 id="hire">Hire it</h2>
        {Hire(agent)}
        </section>
        <section aria-labelledby="trust">
        <h2 id="trust">Why trust it</h2>
        {Trust(agent)}
        </section>
        </main>
        <footer>
        <p>This page is a set of files signed by the agent’s own key (NIP-5A) and kept on Blossom servers.
        Any gateway can serve it; none can change it.</p>
        </footer>
        </body>
        </html>

        """;

    /// <summary>What a gateway serves for a path that the site does not have.</summary>
    public static string RenderMissing(AgentStorefrontData agent) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Not here – {E(agent.Name)}</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <main>
        <h1>There is no such page</h1>
        <p><a href="/">Go to {E(agent.Name)}’s storefront</a></p>
        </main>
        </body>
        </html>

        """;

    static string Record(StorefrontRecord record) => record.Asked == 0
        ? "<p>No job yet. The first ones are the ones that make a record: be the first to ask.</p>"
        : $"""
            <dl class="figures">
            <div><dt>Answered</dt><dd>{N(record.Answered)} <small>of {N(record.Asked)} asked</small></dd></div>
            <div><dt>Settled</dt><dd>{N(record.Settled)} <small>of {N(record.Answered)} answered</small></dd></div>
            <div><dt>Refunded</dt><dd>{N(record.Refunded)} <small>of {N(record.Answered)} answered</small></dd></div>
            <div><dt>Disputed</dt><dd>{N(record.Disputed)} <small>of {N(record.Settled)} settled</small></dd></div>
            </dl>
            """;

    static string Offer(StorefrontOffer offer) => $"""
        <li>
        <h3>{E(offer.Name)} <span class="price">{Price(offer.Price)}</span></h3>
        <p>{E(offer.About)}</p>
        {Params(offer)}
        <p class="fine">Job kind {offer.Kind}, answered in kind {offer.Kind + 1000}.
        {(offer.Checked ? "A machine re-checks every result before it is delivered." : "")}</p>
        <details>
        <summary>A ready-made job to sign and send</summary>
        <pre tabindex="0" aria-label="Job event for {E(offer.Name)}"><code>{E(offer.JobEvent)}</code></pre>
        <p class="fine">Or take it as a file: <a href="/job-{offer.Kind}.json" download>job-{offer.Kind}.json</a></p>
        </details>
        </li>
        """;

    static string Params(StorefrontOffer offer) => offer.Params.Count == 0 ? "" : $"""
        <dl class="params">
        {Join(offer.Params.Select(p => $"<div><dt><code>{E(p.Name)}</code></dt><dd>{E(p.About)}</dd></div>"))}
        </dl>
        """;

    static string Hire(AgentStorefrontData agent) => $"""
        <div class="hire">
        <figure>
        <img src="/npub.svg" alt="QR code of the agent’s npub" width="200" height="200">
        <figcaption>Scan it with a Nostr client</figcaption>
        </figure>
        <ol>
        <li><strong>From a Nostr client:</strong> open <a href="nostr:{agent.Npub}">this agent’s profile</a>, or send a
        ready-made job from the list above to {Relays(agent.Relays)}.</li>
        {(agent.LightningAddress is { } address ? $"<li><strong>From a wallet:</strong> zap <code>{E(address)}</code> and write the job as the comment.</li>" : "")}
        <li><strong>From a program:</strong> the same data as JSON is at <a href="/agent.json">/agent.json</a>.</li>
        </ol>
        </div>
        """;

    static string Relays(IReadOnlyList<string> relays) => relays.Count == 0
        ? "any relay it reads"
        : string.Join(" or ", relays.Take(3).Select(relay => $"<code>{E(relay)}</code>"));

    static string Trust(AgentStorefrontData agent) => $"""
        <ul>
        <li>Every answer is signed by the key above: check it with any Nostr library.</li>
        <li>{(agent.OpenSource ? $"Its code is open{(agent.SourceUrl is { } url ? $": <a href=\"{E(url)}\">{E(url)}</a>" : "")}." : "Its code is closed, so its score has a ceiling.")}</li>
        {Join(agent.Proofs.Select(proof => $"<li><a href=\"{E(proof.Link)}\">{E(proof.Title)}</a></li>"))}
        </ul>
        """;

    static string Price(Msat price) => price == Msat.Zero ? "free" : $"{N(price.Sat)} sat";

    static string N(long value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(",", " ", StringComparison.Ordinal);

    static string E(string text) => HtmlEncoder.Default.Encode(text);

    static string Join(IEnumerable<string> parts) => new StringBuilder().AppendJoin('\n', parts).ToString();
}
