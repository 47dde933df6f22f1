using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// Customers by nostr-tools and cashu-ts hire the summarizer of a whole running instance, and pay in every way.
/// </summary>
[Suite("interop")]
public sealed class StrangersPayTests : IAsyncLifetime
{
    const string Text =
        "Nostr is a simple protocol for notes signed by their authors. Every author has a key, and every note is "
        + "signed with it. Relays keep notes and hand them on to whoever asks. It rained on Tuesday.";

    readonly Support.Poa _poa = new() { Settings = { ["Market__Prices__5001"] = "21" } };

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _poa.InitializeAsync();

    public ValueTask DisposeAsync() => _poa.DisposeAsync();

    [Fact]
    public async Task Each_way_ends_settled_with_its_fee_or_refunded_in_full()
    {
        string[] ways = ["balance", "cashu", "exact", "locked", "bolt11", "post", "nip17", "nutzap", "zap"];
        await using var payer = await Node.StartAsync("payer.mjs", [Arguments()], Line(ways[0], Text, "text"), Ct);
        var fees = 0;
        foreach (var way in ways)
        {
            var paid = way == ways[0] ? payer.Ready : await AskAsync(payer, Line(way, Text, "text"));
            Assert.StartsWith("Nostr is", paid.Text("result"), StringComparison.Ordinal);
            await StandsAsync(paid, "settled");
            Assert.Equal(++fees * 1_000, await BalanceAsync("platform:fees"));
            Assert.Equal(21_000, await _poa.Db.OneAsync<long>(SelectLocked, new { id = paid.Text("request") }, Ct));

            var lost = await AskAsync(payer, Line(way, new('a', 64), "event"));
            await StandsAsync(lost, "refunded");
            var refund = lost.GetProperty("refund");
            var tag = refund.GetProperty("tag").Deserialize<string[]>()!;
            Assert.Equal(way == "balance" ? "collected" : "ready", tag[2]);
            // Of the 30 sat that were deposited the mint kept one.
            if (way == "balance") Assert.Equal(29_000, await BalanceAsync($"balance:{lost.Text("pubkey")}"));
            else Assert.Equal(long.Parse(tag[3], null), refund.GetProperty("token").GetInt64() * 1_000);
            Assert.True(long.Parse(tag[3], null) >= 21_000, tag[3]);
            Reads(refund, tag);
        }

        await HeldAsync(payer);

        var (code, audit) = await Support.Poa.RunAsync("audit", "--data", _poa.Data);
        Assert.True(code == 0, audit);
        Assert.EndsWith("balanced", audit.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zap_with_a_comment_hires_and_a_zap_on_the_result_accepts()
    {
        var line = JsonSerializer.Serialize(new { way = "hire", input = Text, type = "text", accept = "zap" });
        await using var payer = await Node.StartAsync("payer.mjs", [Arguments()], line, Ct);

        var hired = payer.Ready;
        Assert.StartsWith("Nostr is", hired.Text("result"), StringComparison.Ordinal);
        await StandsAsync(hired, "settled");
        Assert.Equal(1_000, await BalanceAsync("platform:fees"));
    }

    /// <summary>By NIP-98 the payer reads the refund, and nobody else does.</summary>
    static void Reads(JsonElement refund, string[] tag)
    {
        var read = refund.GetProperty("read");
        var body = read.GetProperty("body");
        Assert.Equal(200, read.GetProperty("status").GetInt32());
        Assert.Equal(
            (tag[1], tag[2], tag[3], tag[4]),
            (body.Text("id"), body.Text("state"), $"{body.GetProperty("amount_msat").GetInt64()}", body.Text("way")));
        Assert.Equal(tag[4] == "token", body.TryGetProperty("token", out var token)
            && token.ValueKind == JsonValueKind.String
            && token.GetString()!.StartsWith("cashuB", StringComparison.Ordinal));
        Assert.Equal("escrow/refund-unknown", refund.Text("stranger"));
    }

    /// <summary>
    /// A paid job that nobody has accepted, as others see it: the mint calls what the customer gave spent, and what we
    /// hold unspent and as much as the books say; of that the price stands on the job's escrow.
    /// </summary>
    async Task HeldAsync(NodePeer payer)
    {
        var held = await AskAsync(payer, Line("exact", Text, "text", accept: false));
        await StandsAsync(held, "delivered");
        Assert.All(held.GetProperty("given").EnumerateArray(), state => Assert.Equal("SPENT", state.GetString()));
        Assert.Equal(21_000, await BalanceAsync($"escrow:{held.Text("request")}"));

        var ours = await _poa.Db.ManyAsync<string>(
            "select y from payments.ecash_proof where state = 'live'", null, Ct);
        var seen = await AskAsync(payer, JsonSerializer.Serialize(new { states = ours }));
        Assert.Equal(ours.Count, seen.GetProperty("states").GetArrayLength());
        Assert.All(seen.GetProperty("states").EnumerateArray(), state => Assert.Equal("UNSPENT", state.GetString()));
        Assert.Equal(
            -await BalanceAsync($"rail:cashu:{_poa.Status.Mint}"),
            1_000 * await _poa.Db.OneAsync<long>(
                "select sum(amount_sat)::bigint from payments.ecash_proof where state = 'live'", null, Ct));
    }

    async Task StandsAsync(JsonElement job, string status)
    {
        var id = job.Text("request");
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await _poa.Db.OneAsync<string>("select status from market.job where id = @id", new { id }, Ct) != status)
        {
            await tick.WaitForNextTickAsync(late.Token);
        }
    }

    Task<long> BalanceAsync(string code) => _poa.Db.OneAsync<long>(
        "select coalesce(sum(balance_msat), 0)::bigint from ledger.account where code = @code", new { code }, Ct);

    string Arguments() => JsonSerializer.Serialize(new
    {
        relay = _poa.Status.Relay,
        api = _poa.Status.Api,
        faucet = _poa.Status.Faucet,
        mint = _poa.Status.Mint,
        agent = _poa.Status.Agents.Single(agent => agent.Kinds.Contains(5001)).Pubkey,
        slug = "summarizer",
        kind = 5001,
    });

    static string Line(string way, string input, string type, bool accept = true) =>
        JsonSerializer.Serialize(new { way, input, type, accept });

    static async Task<JsonElement> AskAsync(NodePeer payer, string line)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timed.CancelAfter(TimeSpan.FromMinutes(3));
        await payer.WriteAsync(line, timed.Token);
        return await payer.ReadAsync(timed.Token);
    }

    const string SelectLocked = """
        select t.amount_msat + coalesce((select sum(c.amount_msat) from ledger.transfer c
                                          where c.cause = t.cause and c.kind = 'fund-cost'), 0)::bigint
          from ledger.transfer t
         where t.cause = @id and t.kind = 'fund'
        """;
}
