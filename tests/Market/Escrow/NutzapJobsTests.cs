using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Dvm;
using PoA.Nostr.Tests.Support;
using DevnetMint = PoA.Nostr.Devnet.Mint.DevnetMint;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>Jobs paid by nutzaps, found as a stranger finds how: by the agent's kind 10019.</summary>
[Suite("slice")]
public sealed class NutzapJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_nutzap_on_the_quote_pays_the_job_once_and_only_with_ecash_locked_to_its_agent()
    {
        await using var mint = await Mints.StartAsync();
        await using var market = await PaidMarket.StartAsync(postgres.Db, mint, Ct);
        var info = await InfoAsync(market);
        Assert.Equal([mint.Url], info.Mints);
        Assert.NotEqual(market.Jobs.Agent.Pubkey, info.Key);

        var request = market.Request();
        var quote = await market.AskAsync(request, Ct);
        using var another = SecretKey.Generate();
        await market.Jobs.ReceiveAsync(Zap(market, quote.Id, await TokenAsync(market, mint, another.Pubkey)), Ct);
        await RefusedAsync(market, request, CashuProblems.NotOurs);
        var good = await TokenAsync(market, mint, info.Key);
        await market.Jobs.ReceiveAsync(Zap(market, quote.Id, Stripped(good)), Ct);
        await RefusedAsync(market, request, CashuProblems.ProofIncomplete);
        await market.Jobs.ReceiveAsync(Zap(market, quote.Id, good with { Unit = "usd" }), Ct);
        await RefusedAsync(market, request, CashuProblems.WrongUnit);
        Assert.Equal(JobStatus.Quoted, await market.StatusAsync(request, Ct));

        var zap = Zap(market, quote.Id, good);
        await market.Jobs.ReceiveAsync(zap, Ct);
        await market.Jobs.ReceiveAsync(zap, Ct);
        Assert.Equal("processing", (await market.AnswerAsync(request, Ct)).Tag("status"));

        // Its sender sees that it was redeemed, and only the agent how much that was.
        var history = await market.AnswerAsync(zap, Ct);
        Assert.Equal(
            (Nip60Words.HistoryKind, market.Jobs.Agent.Pubkey, zap.Pubkey),
            (history.Kind, history.Pubkey, history.Tag("p")));
        Assert.Equal([zap.Id], Nip60Words.Redeemed(history));
        var agent = market.Jobs.Get<AgentDirectory>().Signer(history.Pubkey);
        Assert.Contains(
            """["amount","21"]""", await agent.DecryptAsync(Encryption.Nip44, agent.Pubkey, history.Content, Ct),
            StringComparison.Ordinal);
        await market.AssertBalancedAsync(Ct);
    }

    static async Task RefusedAsync(PaidMarket market, NostrEvent request, Problem why)
    {
        var told = await market.AnswerAsync(request, Ct);
        Assert.Equal(
            ("payment-required", why.Code, "21000"), (told.Tag("status"), told.Tag("code"), told.Tag("amount")));
    }

    static CashuToken Stripped(CashuToken token) =>
        token with { Proofs = [.. token.Proofs.Select(proof => proof with { Dleq = null })] };

    static async Task<NutzapInfo> InfoAsync(PaidMarket market)
    {
        foreach (var source in market.Jobs.All<IAnnouncementSource>())
        {
            foreach (var one in await source.AnnouncementsAsync(Ct))
            {
                if (one.Kind != Nip61Words.InfoKind || one.Signer.Pubkey != market.Jobs.Agent.Pubkey) continue;
                return Nip61Words.Info(await one.Signer.SignAsync(new(one.Kind, 1, one.Tags, one.Content), Ct))!;
            }
        }

        throw new InvalidOperationException("The agent does not say how it takes nutzaps.");
    }

    /// <summary>A nutzap's ecash, made by the wallet that holds the mint's: worth the price after the fee.</summary>
    static async Task<CashuToken> TokenAsync(PaidMarket market, DevnetMint mint, string key)
    {
        var customer = market.Customer.Signer.Pubkey;
        var deposit = await market.Jobs.Get<PayWithToken>()
            .ForBalanceAsync(customer, CashuToken.Parse(mint.Token(64)), Ct);
        Assert.IsType<ReceiveOutcome.Received>(deposit);
        return await market.Jobs.Get<CashuWallet>().SendAsync(
            new(Guid.NewGuid(), AccountCode.Balance(customer), Msat.FromSat(22), mint.Url, "02" + key), Ct);
    }

    static NostrEvent Zap(PaidMarket market, string about, CashuToken token)
    {
        var zap = NutzapToken.Write(token, market.Jobs.Agent.Pubkey, token.Mint, about);
        var template = Nip61Words.Zap(zap, 7000, "", Customer.Now);
        return market.Customer.Sign(template.Kind, template.Content, template.Tags);
    }
}
