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
            Assert.Equal(held, (await again.Get<RestoreWallet>().HandleAsync(Ct)).Value);
            Assert.Equal(Msat.Zero, await again.Get<RestoreWallet>().HandleAsync(Ct));
            await again.AssertBalancedAsync();
            Assert.IsType<ReceiveOutcome.Received>(await again.Wallet.ReceiveAsync(again.Payment(token), Ct));
            await again.FundAsync(500);
            await again.AssertBalancedAsync();
        }
    }
}
