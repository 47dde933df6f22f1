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
    public string Name => "nutzap";

    public async Task<bool> IsOpenAsync(Refund refund, CancellationToken ct) =>
        refund.Amount.Sat > 0 && refund.Agent is { } agent && agents.Find(agent) is not null
        && await PlaceAsync(refund, ct) is not null;

    public async Task<bool> PayAsync(Refund refund, CancellationToken ct)
    {
        if (await PlaceAsync(refund, ct) is not { } place) return false;
        if (await make.HandleAsync(refund, Name, (place.Mint, place.Key), ct) is not { } token) return false;

        var template = Nip61Words.Zap(
            NutzapToken.Write(token, refund.Payer!, place.Url, refund.Job), null, "Your refund",
            clock.GetUtcNow().ToUnixTimeSeconds());
        var zap = await agents.Signer(refund.Agent!).SignAsync(template, ct);
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
        if (await relays.LatestAsync(refund.Payer!, Nip61Words.InfoKind, ct) is not { } latest) return null;
        if (Nip61Words.Info(latest) is not { } info || CurvePoint.Parse("02" + info.Key) is null) return null;

        var url = info.Mints.FirstOrDefault(mint => wallet.Mints.Contains(CashuToken.MintUrl(mint)));
        return url is null
            ? null
            : new(url, CashuToken.MintUrl(url), "02" + info.Key, [.. info.Relays.Take(Limits.AnswerRelaysMax)]);
    }

    /// <param name="Url">Of the mint, as its owner writes it: a nutzap must name it to the letter.</param>
    /// <param name="Mint">The same, as our wallet knows it.</param>
    /// <param name="Key">What the ecash is locked to.</param>
    /// <param name="Relays">Where it is looked for.</param>
    sealed record Place(string Url, string Mint, string Key, IReadOnlyList<string> Relays);
}
