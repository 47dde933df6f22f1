using System.Text;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Lnurl;

/// <summary>nostr-tools zaps our payee and checks the receipt; npm lnurl reads our LNURL.</summary>
[Suite("interop")]
public sealed class ZapPeerTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_library_zaps_us_and_takes_the_receipt()
    {
        await using var house = await LnurlHouse.OpenAsync(postgres);
        var lnurl = LnurlText.AddressOf(house.Url, "counter").Lud06!;

        await using var zapper = await Node.StartAsync("zap.mjs", [lnurl, house.Payees.Key.Pubkey, ""], ct: Ct);
        Assert.Equal($"{house.Url}/lnurlp/counter/callback", zapper.Ready.Text("callback"));
        await house.PayAsync(zapper.Ready.Text("pr"));
        var receipt = Assert.Single(house.Outbox.Entries).Event;
        await zapper.WriteAsync(Encoding.UTF8.GetString(EventJson.Write(receipt)), Ct);
        var verdict = await zapper.ReadAsync(Ct);

        Assert.True(verdict.GetProperty("verified").GetBoolean() && verdict.GetProperty("kind").GetBoolean());
        Assert.Empty(verdict.GetProperty("missing").EnumerateArray());
        Assert.Null(verdict.GetProperty("request").GetString());
        Assert.True(verdict.GetProperty("same").GetBoolean());
    }
}
