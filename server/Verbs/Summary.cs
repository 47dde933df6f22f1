using System.Text;

namespace PoA.Nostr.Server.Verbs;

/// <summary>What a person reads when everything is ready.</summary>
static class Summary
{
    public static string Of(
        Status status, SecretKey? operatorKey = null, bool detached = true, string? token = null)
    {
        var text = new StringBuilder();
        text.Append(status.Ready ? "Ready" : "Not ready").Append(" on ").Append(status.Network).Append(".\n");
        Line(text, "relay", status.Relay ?? string.Join(' ', status.Relays));
        Line(text, "api", status.Api);
        Line(text, "gateway", status.Gateway);
        Line(text, "blossom", status.Blossom);
        Line(text, "mint", status.Mint);
        Line(text, "faucet", status.Faucet);
        Line(text, "metrics", status.Metrics);
        Line(text, "data", status.Data);
        foreach (var agent in status.Agents)
        {
            text.Append($"  agent     {agent.Slug,-11} {string.Join(' ', agent.Kinds)}\n");
            text.Append($"            {Storefront(status, agent)}\n");
        }

        if (operatorKey is not null)
        {
            text.Append("\nThe operator's key, made just now and shown this once; secrets.env keeps it:\n  ")
                .Append(Convert.ToHexStringLower(operatorKey.Reveal())).Append('\n');
        }

        if (token is not null)
        {
            text.Append($"\nPlay money, {PlayMoney.TokenSat} sat for whoever takes it first:\n  {token}\n");
        }

        var here = Where(status.Data);
        if (status.Ready) text.Append($"\nA first job:  ./poa job 5400 '{{\"kinds\":[1]}}'{here}\n");
        text.Append(detached ? $"Stop with:    ./poa down{here}" : "Ctrl-C stops it all.");
        return text.ToString();
    }

    /// <summary>What a verb needs to find this instance; nothing where it looks by itself.</summary>
    static string Where(string data)
    {
        var home = Environment.GetEnvironmentVariable("POA_HOME") ?? Directory.GetCurrentDirectory();
        var usual = Path.GetFullPath(Path.Combine(home, "data"));
        return Path.GetFullPath(data) == usual ? "" : $" --data {data}";
    }

    /// <summary>The gateway shows the agent's site under its npub, and the npub is what a client asks for.</summary>
    static string Storefront(Status status, AgentLine agent) => status.Gateway is { } gateway
        ? gateway.Replace("://", $"://{agent.Npub}.", StringComparison.Ordinal) + "/"
        : agent.Npub;

    static void Line(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) text.Append($"  {name,-9} {value}\n");
    }
}
