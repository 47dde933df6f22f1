using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// A stranger with cashu-ts and nostr-tools keeps blobs on the service's own Blossom server, which costs 5 sat a
/// megabyte (BUD-07).
/// </summary>
[Suite("interop")]
public sealed class StrangersKeepBlobsTests : IAsyncLifetime
{
    const int Price = 5;
    static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    readonly Support.Poa _poa = new() { Settings = { ["Blossom__SatPerMegabyte"] = "5" } };

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _poa.InitializeAsync();

    public ValueTask DisposeAsync() => _poa.DisposeAsync();

    [Fact]
    public async Task What_is_paid_by_ecash_or_invoice_is_kept_once_paid_for_and_nothing_is_lost_on_the_way()
    {
        var blossom = new Uri(_poa.Status.Blossom!);
        var given = JsonSerializer.Serialize(new
        {
            blossom = _poa.Status.Blossom,
            other = $"{blossom.Scheme}://{blossom.Host}:{blossom.Port + 1}",
            mint = _poa.Status.Mint,
            faucet = _poa.Status.Faucet,
        });

        var lines = await Node.RunAsync("blossom-payer.mjs", [given], limit: TimeMax, ct: Ct);

        var steps = lines.ToDictionary(line => line.Text("step"));
        AssertAsked(steps["asked"]);
        AssertKeptOnce(steps["cashu"]);
        Assert.Equal(["SPENT"], Texts(steps["cashu"], "coins"));
        Assert.Equal(["UNSPENT"], Texts(steps["broken"], "before"));
        Assert.Equal(["SPENT"], Texts(steps["broken"], "after"));
        Assert.Equal(201, Status(steps["broken"], "kept"));
        AssertKeptOnce(steps["lightning"]);
        Assert.Equal(400, Status(steps["lightning"], "used"));
        Assert.Equal(201, Status(steps["other"], "put"));
        Assert.Equal(402, Status(steps["mirror"], "price"));
        AssertKeptOnce(steps["mirror"]);
        Assert.Equal(["SPENT"], Texts(steps["mirror"], "coins"));
        Assert.Equal(400, Status(steps["nonsense"], "answer"));
        Assert.Contains("[cashu/", Reason(steps["nonsense"], "answer"), StringComparison.Ordinal);
        // Four blobs were kept, each paid for once.
        Assert.Equal(4 * Price * 1_000, await _poa.Db.OneAsync<long>(SelectFees, null, Ct));
    }

    void AssertAsked(JsonElement step)
    {
        foreach (var name in (string[])["demand", "refused"])
        {
            Assert.Equal(402, Status(step, name));
            var answer = step.GetProperty(name);
            Assert.StartsWith("creqA", answer.Text("cashu"), StringComparison.Ordinal);
            Assert.StartsWith("lnbc", answer.Text("lightning"), StringComparison.Ordinal);
            Assert.Contains($"{Price} sat", answer.Text("reason"), StringComparison.Ordinal);
        }

        var asked = step.GetProperty("asked");
        Assert.InRange(asked.GetProperty("amount").GetInt32(), Price, Price + 2);
        Assert.Equal("sat", asked.Text("unit"));
        Assert.Equal([_poa.Status.Mint], Texts(asked, "mints"));
    }

    static void AssertKeptOnce(JsonElement step)
    {
        Assert.Equal((201, 200), (Status(step, "kept"), Status(step, "again")));
        if (step.TryGetProperty("withCoins", out _)) Assert.Equal(200, Status(step, "withCoins"));
    }

    static int Status(JsonElement step, string name) => step.GetProperty(name).GetProperty("status").GetInt32();

    static IEnumerable<string?> Texts(JsonElement step, string name) =>
        step.GetProperty(name).EnumerateArray().Select(one => one.GetString());

    static string Reason(JsonElement step, string name) => step.GetProperty(name).Text("reason");

    const string SelectFees =
        "select coalesce(sum(balance_msat), 0)::bigint from ledger.account where code = 'platform:fees'";
}
