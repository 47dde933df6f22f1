using System.Text.Json.Nodes;

namespace PoA.Nostr.Server.Verbs;

/// <summary>What a new devnet gives to whoever starts it: a token of its mint's, from its faucet.</summary>
static class PlayMoney
{
    public const int TokenSat = 1_000;

    /// <summary>What the operator puts in at the first start: rails are paid out of it before there are fees.</summary>
    const int TreasurySat = 100_000;

    /// <summary>Null where there is no faucet, or it does not answer: nothing depends on it.</summary>
    public static Task<string?> TokenAsync(Status status, CancellationToken ct) => TokenAsync(status, TokenSat, ct);

    /// <summary>At the first start only.</summary>
    public static async Task FillTreasuryAsync(Status status, CancellationToken ct)
    {
        if (await TokenAsync(status, TreasurySat, ct) is not { } token) return;
        try
        {
            using var body = new StringContent(token);
            using var answer = await Status.Http.PostAsync($"{status.Api}/treasury/cashu", body, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            // Nothing depends on it: it can be filled by hand.
            ct.ThrowIfCancellationRequested();
        }
    }

    static async Task<string?> TokenAsync(Status status, int sat, CancellationToken ct)
    {
        if (status.Faucet is not { } faucet) return null;
        try
        {
            using var order = new StringContent(new JsonObject { ["amount_sat"] = sat }.ToJsonString());
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
