using System.Globalization;
using PoA.Nostr.Database;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>
/// Everything at once through a network that loses, doubles and drops what it likes, with crashes in between: when the
/// storm is over, every operation has ended, the books and the mint agree, and nothing was paid twice.
/// </summary>
[Suite("slice")]
public class EcashStormTests(Postgres postgres) : IClassFixture<Postgres>
{
    const int Steps = 40;

    static readonly string[] Paths =
        ["/v1/swap", "/v1/mint/bolt11", "/v1/melt/bolt11", "/v1/restore", "/v1/checkstate"];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task A_storm_ends_with_every_sat_in_its_place(int seed) => StormAsync(seed);

    [Fact(Explicit = true)]
    public async Task Many_storms_end_with_every_sat_in_its_place()
    {
        for (var seed = 100; seed < 200; seed++) await StormAsync(seed);
    }

    async Task StormAsync(int seed)
    {
        var dice = new Dice((ulong)seed);
        var dialect = (MintDialect)dice.Next(3);
        await using var house = await CashuHouse.OpenAsync(postgres, new() { Dialect = dialect });
        var account = await house.FundAsync(5_000);
        List<Func<Task>> again = [];
        var (sent, invoices) = (new List<TokenOrder>(), new List<LightningPayment>());
        for (var step = 0; step < Steps; step++)
        {
            if (dice.Next(3) == 0) house.Proxy.Order(Paths[dice.Next(Paths.Length)], Of(dice.Next(3)));
            if (dice.Next(12) == 0) house.Mint.Rotate(dice.Next(2), dice.Next(2) * 100);
            if (dice.Next(8) == 0) await house.RestartAsync();
            // Only what we pay may fail, not what the faucet pays.
            house.Mint.Network.FailNext(0);
            var sat = 1 + dice.Next(120);
            switch (dice.Next(4))
            {
                case 0:
                    var payment = house.Payment(house.Token(sat + 3));
                    again.Add(() => house.Wallet.ReceiveAsync(payment, Ct));
                    break;
                case 1:
                    var order = new TokenOrder(Guid.NewGuid(), account, Msat.FromSat(sat), house.Url);
                    sent.Add(order);
                    again.Add(() => house.Wallet.SendAsync(order, Ct));
                    break;
                case 2:
                    var request = LightningTests.Request(sat);
                    var invoice = await house.Wallet.RequestAsync(request, Ct);
                    if (dice.Next(4) > 0) LightningTests.Pay(house, invoice.Bolt11);
                    again.Add(() => house.RecoverAsync(1));
                    break;
                default:
                    var bill = LightningTests.Payment(house, account, sat);
                    invoices.Add(bill);
                    house.Mint.Network.FailNext(dice.Next(4) == 0 ? 1 : 0);
                    again.Add(() => house.Wallet.PayAsync(bill, Ct));
                    break;
            }

            await Record.ExceptionAsync(again[^1]);
            if (dice.Next(3) == 0) await Record.ExceptionAsync(again[dice.Next(again.Count)]);
            await house.AssertBalancedAsync(atTheMint: false);
        }

        await EndAsync(house, seed);
        await CheckAsync(house, account, sent, invoices);
    }

    /// <summary>The weather is fine again: everything ends, or it would be open for ever.</summary>
    static async Task EndAsync(CashuHouse house, int seed)
    {
        house.Proxy.Calm();
        house.Mint.Network.FailNext(0);
        for (var round = 0; round < 40 && await OpenAsync(house) > 0; round++) await house.RecoverAsync(1);
        var rest = await house.Db.ManyAsync<string>(
            "select kind || ' ' || state || ' ' || details from payments.ecash_op where mint = @Url "
            + "and (ended_at is null and state = 'open' or state = 'lost')", new { house.Url }, Ct);
        Assert.True(
            rest.Count == 0, string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {string.Join('\n', rest)}"));
        await house.AssertBalancedAsync();
    }

    /// <summary>The account is poorer by exactly what was sent and paid.</summary>
    static async Task CheckAsync(
        CashuHouse house, string account, List<TokenOrder> sent, List<LightningPayment> invoices)
    {
        var spent = Msat.Zero;
        foreach (var order in sent)
        {
            if (await house.Get<OperationLog>().ReadAsync(order.Id, Ct) is { State: "done" }) spent += order.Amount;
        }

        foreach (var bill in invoices)
        {
            if (await house.Get<OperationLog>().ReadAsync(bill.Id, Ct) is not { State: "done" } op) continue;
            spent += Msat.FromSat(op.AmountSat + op.Details.FeeSat);
        }

        Assert.Equal(Msat.FromSat(4_999) - spent, await house.BalanceAsync(account));
    }

    static Task<long> OpenAsync(CashuHouse house) => house.Db.OneAsync<long>(
        "select count(*) from payments.ecash_op where mint = @Url and ended_at is null and state = 'open'",
        new { house.Url }, Ct);

    static Trouble Of(int which) => which switch
    {
        0 => new Trouble.DropRequest(),
        1 => new Trouble.DropReply(),
        _ => new Trouble.Double(),
    };

    /// <summary>Splitmix64: the same storm for the same seed.</summary>
    sealed class Dice(ulong state)
    {
        public int Next(int sides)
        {
            unchecked
            {
                state += 0x9e3779b97f4a7c15;
                var z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                return (int)((z ^ (z >> 31)) % (ulong)sides);
            }
        }
    }
}
