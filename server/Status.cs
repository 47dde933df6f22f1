using System.Text.Json;
using System.Text.Json.Serialization;
using PoA.Nostr.Market.Agents;

namespace PoA.Nostr.Server;

/// <summary>What /readyz says.</summary>
public sealed record Readiness(bool Ready, IReadOnlyDictionary<string, string> Checks, IReadOnlyList<AgentLine> Agents);

public sealed record AgentLine(string Slug, string Name, string Pubkey, string Npub, IReadOnlyList<int> Kinds)
{
    public static AgentLine Of(Agent agent) => new(
        agent.Slug, agent.Name, agent.Pubkey, Nip19Words.Npub(agent.Pubkey), [.. agent.Prices.Keys.Order()]);
}

/// <summary>Addresses and agents of a running instance; an address is null until that part exists.</summary>
public sealed record Status(
    bool Ready, string Network, string Data, string? Relay, IReadOnlyList<string> Relays, string? Api, string? Gateway,
    string? Blossom, IReadOnlyList<string> Blossoms, string? Mint, string? Lnd, string? Phoenixd, string? Faucet,
    string? Metrics, IReadOnlyList<AgentLine> Agents)
{
    internal static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    static string FileIn(Instance instance) => Path.Combine(instance.Run, "status.json");

    /// <summary>Asks the processes themselves.</summary>
    public static async Task<Status> ProbeAsync(Instance instance, CancellationToken ct)
    {
        var ports = instance.Ports;
        var relay = instance.IsDevnet ? $"ws://127.0.0.1:{ports.Relay}" : null;
        var mint = instance.IsDevnet ? $"http://127.0.0.1:{ports.Mint}" : null;
        var faucet = instance.IsDevnet ? $"http://127.0.0.1:{ports.Faucet}" : null;
        var readiness = await ReadinessAsync(instance, ct);
        var ready = readiness.Ready && (!instance.IsDevnet || await DevnetIsHealthyAsync(instance, ct));
        var known = Known(instance);
        return new(
            ready, instance.Network, instance.Data, relay, RelayList.Read(relay), $"http://127.0.0.1:{ports.Api}",
            $"http://localhost:{ports.Gateway}",
            $"http://127.0.0.1:{ports.Blossom}", instance.IsDevnet ? [.. ports.Blossoms] : [],
            mint, Lnd: null, Phoenixd: null, faucet,
            $"http://127.0.0.1:{ports.Metrics}/metrics",
            readiness.Agents.Count > 0 ? readiness.Agents : known?.Agents ?? []);
    }

    public static async Task<Readiness> ReadinessAsync(Instance instance, CancellationToken ct)
    {
        if (instance.Server.Pid is null) return new(false, new Dictionary<string, string>(), []);
        try
        {
            using var answer = await Http.GetAsync($"http://127.0.0.1:{instance.Ports.Api}/readyz", ct);
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            return (await JsonSerializer.DeserializeAsync(body, StatusJson.Default.Readiness, ct))!;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return new(false, new Dictionary<string, string> { ["server"] = "does not answer yet" }, []);
        }
    }

    public static async Task<bool> DevnetIsHealthyAsync(Instance instance, CancellationToken ct)
    {
        if (instance.Devnet.Pid is null) return false;
        try
        {
            using var answer = await Http.GetAsync($"http://127.0.0.1:{instance.Ports.Relay}/readyz", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }

    public void Save(Instance instance)
    {
        var fresh = FileIn(instance) + ".new";
        File.WriteAllText(fresh, JsonSerializer.Serialize(this, StatusJson.Default.Status));
        File.Move(fresh, FileIn(instance), overwrite: true);
    }

    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.Status);

    /// <summary>As it was when the instance last became ready.</summary>
    static Status? Known(Instance instance) => File.Exists(FileIn(instance))
        ? JsonSerializer.Deserialize(File.ReadAllText(FileIn(instance)), StatusJson.Default.Status)
        : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(Readiness))]
sealed partial class StatusJson : JsonSerializerContext;
