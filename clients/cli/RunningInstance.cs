using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Cli;

/// <summary>What a running instance says of itself in <c>DATA/run/status.json</c>.</summary>
sealed record RunningInstance(
    string? Relay, IReadOnlyList<string>? Relays, string? Network, string? Faucet, IReadOnlyList<RunningAgent>? Agents)
{
    /// <summary>Null when none runs on that folder, or its file cannot be read.</summary>
    public static RunningInstance? Find(string? data)
    {
        var home = Environment.GetEnvironmentVariable("POA_HOME") ?? Directory.GetCurrentDirectory();
        var file = Path.Combine(data ?? Path.Combine(home, "data"), "run", "status.json");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), RunningInstanceJson.Default.RunningInstance);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>An agent of that instance.</summary>
sealed record RunningAgent(string Slug, string Pubkey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunningInstance))]
sealed partial class RunningInstanceJson : JsonSerializerContext;
