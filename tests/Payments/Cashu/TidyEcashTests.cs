using PoA.Nostr.Database;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>Small change does not choke the wallet, and a keyset that ends takes nothing with it.</summary>
[Suite("slice")]
public class TidyEcashTests(Postgres postgres) : IClassFixture<Postgres>
{
    static readonly DateTimeOffset Soon = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ecash_of_a_keyset_that_was_given_up_moves_to_the_new_one()
    {
        await using var house = await CashuHouse.OpenAsync(postgres);
        await house.FundAsync(500);
        var fresh = house.Mint.Rotate(inputFeePpk: 0);
        house.Clock.Advance(TimeSpan.FromHours(1));
        await house.Get<UnusedCounters>().ActiveAsync(house.Url, Ct);
        house.Proxy.Order("/v1/swap", new Trouble.DropReply());
        house.Proxy.Order("/v1/restore", new Trouble.DropRequest());
        Assert.False(await house.Get<TidyEcash>().HandleAsync(Ct));
        await house.RecoverAsync();
        Assert.False(await house.Get<TidyEcash>().HandleAsync(Ct));
        Assert.Equal([fresh], await house.Db.ManyAsync<string>(
            "select distinct keyset from payments.ecash_proof where mint = @Url and state = 'live'",
            new { house.Url }, Ct));
        await house.AssertBalancedAsync();
    }

    [Fact]
    public void Too_many_proofs_are_made_fewer_and_dust_is_left_lying()
    {
        var keyset = new Keyset("00", "sat", true, 1_000, null, new Dictionary<ulong, Crypto.CurvePoint>());
        Dictionary<string, Keyset> sets = new() { ["00"] = keyset, ["01"] = keyset with { Id = "01", Active = false } };
        List<EcashProof> live =
            [.. Enumerable.Range(0, 501).Select(i => Proof("00", i < 100 ? 1 : i < 300 ? 4 : 1_024, i))];
        var chosen = TidyEcash.Choose(live, sets, Soon);
        Assert.Equal(400, chosen.Count);
        Assert.All(chosen, proof => Assert.NotEqual(1, proof.AmountSat));
        Assert.Equal(200, chosen.Count(proof => proof.AmountSat == 4));
        Assert.Empty(TidyEcash.Choose(live[..500], sets, Soon));
        var old = TidyEcash.Choose([.. live[..3], Proof("01", 8, 9), Proof("01", 1, 10)], sets, Soon);
        Assert.Equal(("01", 8L), (Assert.Single(old).Keyset, old[0].AmountSat));
        sets["00"] = keyset with { FinalExpiry = Soon.ToUnixTimeSeconds() - 1 };
        Assert.Equal(2, TidyEcash.Choose([Proof("00", 4, 1), Proof("00", 2, 2), Proof("00", 1, 3)], sets, Soon).Count);

        static EcashProof Proof(string keyset, long amount, int i) =>
            new($"{keyset} {i}", keyset, i, amount, null, "", "", "");
    }

    [Theory]
    [InlineData(0, 21, "16 4 1")]
    [InlineData(100, 21, "16 4 2")]
    [InlineData(1_000, 3, "4 1 1")]
    public void A_price_is_grossed_up_by_what_spending_it_costs(int ppk, long net, string expected)
    {
        var keys = Enumerable.Range(0, 20).ToDictionary(
            bit => 1UL << bit, _ => Crypto.CurvePoint.OfSecret([.. new byte[31], 1])!);
        var amounts = CoinSelection.Gross(new("00", "sat", true, ppk, null, keys), net)!;
        Assert.True(amounts.Sum(amount => (long)amount) - ((((long)amounts.Count * ppk) + 999) / 1_000) >= net);
        if (ppk < 1_000) Assert.Equal(expected, string.Join(' ', amounts.Reverse()));
    }

    [Fact]
    public void Inputs_are_chosen_to_be_worth_the_target_after_their_own_fees_and_few()
    {
        var free = new Keyset("00", "sat", true, 0, null, new Dictionary<ulong, Crypto.CurvePoint>());
        Dictionary<string, Keyset> sets = new() { ["00"] = free, ["01"] = free with { Id = "01", InputFeePpk = 100 } };
        Assert.Equal([16, 4, 1], Choose(21, 64, 32, 16, 8, 4, 2, 1));
        Assert.Equal([64], Choose(21, 64));
        Assert.Equal([32], Choose(30, 64, 32, 1));
        Assert.Null(CoinSelection.Choose(Of("00", 8, 4), sets, 13));
        // Eleven inputs at 100 ppk cost two sat, ten cost one.
        var costly = CoinSelection.Choose(Of("01", [.. Enumerable.Repeat(1L, 20)]), sets, 9)!;
        Assert.Equal(10, costly.Count);
        Assert.Equal(12, CoinSelection.Choose(Of("01", [.. Enumerable.Repeat(1L, 20)]), sets, 10)!.Count);

        long[] Choose(long target, params long[] amounts) =>
            [.. CoinSelection.Choose(Of("00", amounts), sets, target)!.Select(proof => proof.AmountSat)];

        static List<EcashProof> Of(string keyset, params long[] amounts) =>
            [.. amounts.Select((amount, i) => new EcashProof($"{keyset} {i}", keyset, i, amount, null, "", "", ""))];
    }
}
