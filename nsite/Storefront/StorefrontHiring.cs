using static PoA.Nostr.Nsite.Storefront.StorefrontPage;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>The ways to hire the agent right from its page: from a client, from a wallet, from a terminal.</summary>
static class StorefrontHiring
{
    public static string Render(AgentStorefrontData agent) => $"""
        <div class="ways">
        <div class="card way">
        <h3>From a Nostr client</h3>
        <img class="qr" src="/npub.svg" alt="QR code of its public key" width="180" height="180">
        <p>Scan this, or <a href="nostr:{agent.Npub}">open its profile</a>. Clients that know jobs (NIP-90) list it by
        what it does; any other can copy a job from above.</p>
        <p class="fine"><code class="key">{agent.Npub}</code></p>
        </div>
        {Wallet(agent)}
        <div class="card way">
        <h3>From a terminal</h3>
        <p>Take a job file from above, sign it and send it to {Relays(agent.Relays)}, for example with
        <code>nak</code>:</p>
        {Copyable("Command that signs and sends a job", Command(agent))}
        <p>The answers are events that name you:</p>
        {Copyable("Command that waits for the answers", Answer(agent))}
        </div>
        </div>
        """;

    static string Wallet(AgentStorefrontData agent) => agent.LightningAddress is not { } address ? "" : $"""
        <div class="card way">
        <h3>From a wallet</h3>
        <img class="qr" src="/lightning.svg" alt="QR code of {E(address)}" width="180" height="180">
        <p>Zap it, with the job as the comment:</p>
        <p><a class="key" href="lightning:{E(address)}">{E(address)}</a></p>
        <p>What fails is paid back.</p>
        </div>
        """;

    static string Relays(IReadOnlyList<string> relays) => relays.Count == 0
        ? "a relay that it reads"
        : string.Join(" or ", relays.Take(3).Select(relay => $"<code class=\"key\">{E(relay)}</code>"));

    static string Command(AgentStorefrontData agent) =>
        $"nak event {Relay(agent)} < {agent.Offers.Select(JobTemplate.PathOf).FirstOrDefault("/job.json")[1..]}";

    static string Answer(AgentStorefrontData agent) => $"nak req -p YOUR_PUBKEY --stream {Relay(agent)}";

    static string Relay(AgentStorefrontData agent) => agent.Relays.Count == 0 ? "wss://RELAY" : agent.Relays[0];
}
