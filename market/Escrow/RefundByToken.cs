using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Back as a Cashu token in a private message (NIP-17) of the agent to the payer: anybody with a key can have it. It is
/// kept before it is sent, and can be asked for again.
/// </summary>
public sealed class RefundByToken(
    IEnumerable<CashuWallet> wallets, AgentDirectory agents, FinishRefund finish, MakeToken make, IOutbox outbox,
    MessageRelays relays, TimeProvider clock) : IRefundWay
{
    public string Name => "token";

    public Task<bool> IsOpenAsync(Refund refund, CancellationToken ct) => Task.FromResult(
        wallets.FirstOrDefault() is { Mints.Count: > 0 } && refund.Amount.Sat > 0
        && refund.Agent is { } agent && agents.Find(agent) is not null);

    public async Task<bool> PayAsync(Refund refund, CancellationToken ct)
    {
        if (await make.HandleAsync(refund, Name, null, ct) is not { } token) return false;

        var signer = agents.Signer(refund.Agent!);
        var about = refund.Job is { } job ? $"job {job}" : "a payment that found no job";
        var text = $"Your refund of {refund.Amount.Sat} sat for {about}:\n{token.Write()}";
        var now = clock.GetUtcNow();
        var wraps = await Nip17Words.WrapAsync(
            signer, Nip17Words.Message([refund.Payer!], text, now.ToUnixTimeSeconds()), now, ct);
        var destinations = await relays.OfAsync(refund.Payer!, ct);
        await finish.HandleAsync(
            refund, "ready", Name,
            async tx =>
            {
                await MakeToken.KeepAsync(tx, refund, token, ct);
                await outbox.AddAsync(tx, [new(wraps[0], destinations, "jobs")], ct);
            },
            ct);
        return true;
    }
}

/// <summary>The ecash of a refund: of the first mint of ours that can make it.</summary>
public sealed class MakeToken(IEnumerable<CashuWallet> wallets)
{
    /// <summary>Null when no mint can. The same refund, way and key have one token for ever.</summary>
    /// <exception cref="ProblemException">It is being made: ask again.</exception>
    internal async Task<CashuToken?> HandleAsync(
        Refund refund, string way, (string Mint, string Key)? locked, CancellationToken ct)
    {
        var wallet = wallets.First();
        var mints = locked is { } only ? [only.Mint] : wallet.Mints;
        foreach (var mint in mints)
        {
            try
            {
                return await wallet.SendAsync(
                    new(
                        IdOf(refund, way, mint), AccountCode.Refund(refund.Id), Msat.FromSat(refund.Amount.Sat), mint,
                        locked?.Key),
                    ct);
            }
            catch (ProblemException e) when (e.Problem.Code != CashuProblems.UnderWay.Code)
            {
                // It was not made, and the money is where it was: the next mint.
            }
        }

        // Another way may be tried only when nobody else makes it meanwhile.
        foreach (var mint in mints)
        {
            if (!await wallet.GiveUpAsync(IdOf(refund, way, mint), ct))
            {
                throw new ProblemException(CashuProblems.UnderWay);
            }
        }

        return null;
    }

    static Guid IdOf(Refund refund, string way, string mint) =>
        Uuid5.Of("refund-token", $"{refund.Id}:{way}:{mint}");

    /// <summary>What does not make a whole sat goes to the payer's balance.</summary>
    internal static async Task KeepAsync(NpgsqlTransaction tx, Refund refund, CashuToken token, CancellationToken ct)
    {
        await tx.RunAsync(Keep, new { refund.Id, token = token.Write() }, ct);
        if (refund.Amount.Value % 1_000 is not (> 0 and var rest)) return;

        await Books.PostAsync(
            tx,
            new Transfer(
                Uuid5.Of("refund-rest", refund.Id.ToString()), AccountCode.Refund(refund.Id),
                AccountCode.Balance(refund.Payer!), new(rest), "refund-rest", refund.Id.ToString()),
            ct);
    }

    const string Keep = "update market.refund set token = @token where id = @Id";
}
