using System.Text.Json;
using System.Text.Json.Serialization;
using PoA.Nostr.Crypto;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Back as a nutzap (NIP-61) of the agent: ecash of a mint that the payer trusts and we hold, locked to the key that
/// the payer's kind 10019 names.
/// </summary>
public sealed class RefundByNutzap(
    IEnumerable<CashuWallet> wallets, AgentDirectory agents, FinishRefund finish, MakeToken make, IOutbox outbox,
    MessageRelays relays, TimeProvider clock) : IRefundWay
{
    static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    const int Nutzap = 9_321;
    const int NutzapInfo = 10_019;

    public string Name => "nutzap";

    public async Task<bool> IsOpenAsync(Refund refund, CancellationToken ct) =>
        refund.Amount.Sat > 0 && refund.Agent is { } agent && agents.Find(agent) is not null
        && await PlaceAsync(refund, ct) is not null;

    public async Task<bool> PayAsync(Refund refund, CancellationToken ct)
    {
        if (await PlaceAsync(refund, ct) is not { } place) return false;
        if (await make.HandleAsync(refund, Name, (place.Mint, place.Key), ct) is not { } token) return false;

        List<string[]> tags =
        [
            .. token.Proofs.Select(proof => new[] { "proof", JsonSerializer.Serialize(proof, Wire) }),
            ["unit", "sat"], ["u", place.Mint], ["p", refund.Payer!],
        ];
        if (refund.Job is { } job) tags.Add(["e", job]);
        var zap = await agents.Signer(refund.Agent!).SignAsync(
            new(Nutzap, clock.GetUtcNow().ToUnixTimeSeconds(), [.. tags], "Your refund"), ct);
        await finish.HandleAsync(
            refund, "ready", Name,
            async tx =>
            {
                await MakeToken.KeepAsync(tx, refund, token, ct);
                await outbox.AddAsync(tx, [new(zap, place.Relays, "jobs")], ct);
            },
            ct);
        return true;
    }

    /// <summary>The first mint of theirs that is ours too; null where there is none.</summary>
    async Task<Place?> PlaceAsync(Refund refund, CancellationToken ct)
    {
        if (wallets.FirstOrDefault() is not { Mints.Count: > 0 } wallet) return null;
        if (await relays.LatestAsync(refund.Payer!, NutzapInfo, ct) is not { } info) return null;

        var mints = info.TagsNamed("mint").Select(tag => CashuToken.MintUrl(tag[1]));
        var mint = mints.FirstOrDefault(wallet.Mints.Contains);
        var key = info.Tag("pubkey") is { Length: 64 } bare ? "02" + bare : info.Tag("pubkey");
        return mint is null || key is null || CurvePoint.Parse(key) is null
            ? null
            : new(mint, key, [.. info.TagsNamed("relay").Select(tag => tag[1]).Take(Limits.AnswerRelaysMax)]);
    }

    sealed record Place(string Mint, string Key, IReadOnlyList<string> Relays);
}
