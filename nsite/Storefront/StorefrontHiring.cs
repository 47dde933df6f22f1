using static PoA.Nostr.Nsite.Storefront.StorefrontPage;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// The ways to hire the agent right from its page, from a client, from a wallet, from a terminal, and what becomes of
/// the money on each of them.
/// </summary>
static class StorefrontHiring
{
    public static string Render(AgentStorefrontData agent) => agent.Offers.Count == 0
        ? $"""
            <p>{Bdi(agent.Name)} takes no jobs at the moment. Its profile says when that changes.</p>
            <div class="ways">
            {Client(agent)}
            </div>
            """
        : $"""
            {Steps(agent)}
            <div class="ways">
            {Client(agent)}
            {Wallet(agent)}
            {Terminal(agent)}
            </div>
            """;

    /// <summary>The least that a job of this agent costs, free ones apart; null where all are free.</summary>
    public static Msat? LeastPrice(AgentStorefrontData agent) => agent.Offers
        .Where(offer => offer.Price > Msat.Zero).Select(offer => (Msat?)offer.Price).Min();

    static string Steps(AgentStorefrontData agent) => LeastPrice(agent) is null
        ? "<p>There is nothing to pay: send a job, and the result is an event that names you.</p>"
        : $"""
            <ol class="steps">
            <li>Send a job. The answer is a quote: a Lightning invoice, and a Cashu request if you pay by ecash. You owe
            nothing yet.</li>
            <li>Pay it. The sats are held until the result is here, and come back to you if there is none.</li>
            <li>Have the result. React to it with <code>+</code> and the agent is paid; with <code>-</code> and the
            payment waits.{Silence(agent)}</li>
            </ol>
            """;

    static string Silence(AgentStorefrontData agent) =>
        agent.AcceptWithin is { } time ? $" If you say nothing, it goes out after {Time(time)}." : "";

    static string Client(AgentStorefrontData agent) => $"""
        <div class="card way">
        <h3>From a Nostr client</h3>
        <img class="qr" src="/npub.svg" alt="QR code of its public key" width="180" height="180">
        <p>Scan this, or <a href="nostr:{agent.Npub}">open its profile</a>. Clients that know jobs (NIP-90) list it by
        what it does; with any other, copy a job from above.</p>
        <p class="fine"><code class="key">{agent.Npub}</code></p>
        </div>
        """;

    /// <summary>A zap hires for a price alone: what is free needs no wallet.</summary>
    static string Wallet(AgentStorefrontData agent) =>
        agent.LightningAddress is not { } address || LeastPrice(agent) is not { } least ? "" : $"""
        <div class="card way">
        <h3>From a wallet</h3>
        <img class="qr" src="/lightning.svg" alt="QR code of its Lightning address" width="180" height="180">
        <p>Zap it with {Price(least)} or more, and say in the comment what you want done:</p>
        <p class="fine"><a class="key" href="lightning:{E(address)}">{E(address)}</a></p>
        <p>A zap is a payment that carries a Nostr event, so take a wallet or client that can zap.</p>
        </div>
        """;

    static string Terminal(AgentStorefrontData agent) => $"""
        <div class="card way">
        <h3>From a terminal</h3>
        <p>Take a job file from above, sign it and send it to {Relays(agent.Relays)}, for example with
        <code>nak</code>, which asks for your key:</p>
        {Copyable("Command that signs and sends a job", Command(agent))}
        <p>The answers are events that name you:</p>
        {Copyable("Command that waits for the answers", Answer(agent))}
        </div>
        """;

    static string Relays(IReadOnlyList<string> relays) => relays.Count == 0
        ? "a relay that it reads"
        : string.Join(" or ", relays.Take(3).Select(relay => $"<code class=\"key\">{E(relay)}</code>"));

    static string Command(AgentStorefrontData agent) =>
        $"nak event --prompt-sec {Relay(agent)} < {JobTemplate.PathOf(agent.Offers[0])[1..]}";

    static string Answer(AgentStorefrontData agent) => $"nak req -p YOUR_NPUB --stream {Relay(agent)}";
}
