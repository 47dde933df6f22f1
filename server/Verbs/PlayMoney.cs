using System.Text.Json.Nodes;

namespace PoA.Nostr.Server.Verbs;

/// <summary>What a new devnet gives to whoever starts it: a token of its mint's, from its faucet.</summary>
static class PlayMoney
{
    public const int TokenSat = 1_000;

    /// <summary>Null where there is no faucet, or it does not answer: nothing depends on it.</summary>
    public static async Task<string?> TokenAsync(Status status, CancellationToken ct)
    {
        if (status.Faucet is not { } faucet) return null;
        try
        {
            using var order = new StringContent(new JsonObject { ["amount_sat"] = TokenSat }.ToJsonString());
            using var answer = await Status.Http.PostAsync($"{faucet}/token", order, ct);
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct));
            return (string?)body?["token"];
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException or TaskCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return null;
        }
    }
}
