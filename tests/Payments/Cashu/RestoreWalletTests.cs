using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>The database is gone, and the seed is not.</summary>
[Suite("slice")]
public class RestoreWalletTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task All_that_is_ours_is_found_by_the_seed_and_nothing_that_we_gave_away(int version)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { KeysetVersion = version });
        var account = await house.FundAsync(1_000);
        house.Mint.Rotate(version, inputFeePpk: 0);
        await house.FundAsync(77);
        var token = await house.Wallet.SendAsync(new(Guid.NewGuid(), account, Msat.FromSat(40), house.Url), Ct);
        var held = -(await house.BalanceAsync(house.RailAccount)).Value;

        var lost = new Postgres();
        await lost.InitializeAsync();
        await using (lost)
        {
            await using var again = house.OnAnotherDatabase(lost);
            var found = await again.Get<RestoreWallet>().HandleAsync(Ct).ToListAsync(Ct);
            Assert.Equal(held, found.Sum(keyset => keyset.Amount.Value));
            Assert.Equal([(house.Url, false), (house.Url, true)], found.Select(keyset => (keyset.Mint, keyset.Active)));
            Assert.All(await again.Get<RestoreWallet>().HandleAsync(Ct).ToListAsync(Ct), keyset =>
                Assert.Equal((0, Msat.Zero, null), (keyset.Proofs, keyset.Amount, keyset.Problem)));
            await again.AssertBalancedAsync();
            Assert.IsType<ReceiveOutcome.Received>(await again.Wallet.ReceiveAsync(again.Payment(token), Ct));
            await again.FundAsync(500);
            await again.AssertBalancedAsync();
        }
    }

    /// <summary>
    /// Counters of before: the mint answers with signatures of before, on ecash that was spent or is ours anyway. Taken
    /// for an answer to this swap they would be credited, and the token that was paid with stay its sender's.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_database_that_forgot_uses_no_counter_twice_and_has_back_what_is_ours(int version)
    {
        await using var house = await CashuHouse.OpenAsync(postgres, new() { KeysetVersion = version });
        var account = await house.FundAsync(500);
        await house.Wallet.SendAsync(new(Guid.NewGuid(), account, Msat.FromSat(40), house.Url), Ct);
        var held = -(await house.BalanceAsync(house.RailAccount)).Value;

        var lost = new Postgres();
        await lost.InitializeAsync();
        await using (lost)
        {
            await using var again = house.OnAnotherDatabase(lost);
            var token = again.Token(500);
            Assert.IsType<ReceiveOutcome.Received>(await again.Wallet.ReceiveAsync(again.Payment(token), Ct));
            Assert.Equal(held, (await again.BalanceAsync(AccountCode.Recovered)).Value);
            await again.AssertBalancedAsync();
            var states = await again.Get<Exchange>().StatesAsync(
                again.Url, [.. token.Proofs.Select(proof => proof.Y)], Ct);
            Assert.All(states!, state => Assert.Equal("SPENT", state));

            // Now the first one is the copy of yesterday.
            await house.RestartAsync();
            await house.FundAsync(300);
            await house.AssertBalancedAsync();
            await again.RestartAsync();
            await again.FundAsync(200);
            await again.AssertBalancedAsync();
        }
    }

    [Fact]
    public async Task Looking_while_an_operation_is_under_way_leaves_its_ecash_to_it()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        await house.FundAsync(100);
        var payment = house.Payment(house.Token(200));
        house.Proxy.Order("/v1/swap", new Trouble.DropReply());
        house.Proxy.Order("/v1/restore", new Trouble.DropReply());
        Assert.IsType<ReceiveOutcome.Waiting>(await house.Wallet.ReceiveAsync(payment, Ct));

        var found = await house.Get<RestoreWallet>().HandleAsync(Ct).ToListAsync(Ct);
        Assert.Equal(0, found.Sum(keyset => keyset.Proofs));
        await house.RecoverAsync();
        Assert.IsType<ReceiveOutcome.Received>(await house.Wallet.ReceiveAsync(payment, Ct));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_mint_that_is_silent_is_named()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        house.Proxy.Order("/v1/info", new Trouble.DropRequest());
        var silent = Assert.Single(await house.Get<RestoreWallet>().HandleAsync(Ct).ToListAsync(Ct));
        Assert.Equal((house.Url, null, CashuProblems.MintUnreachable), (silent.Mint, silent.Keyset, silent.Problem));
    }
}
