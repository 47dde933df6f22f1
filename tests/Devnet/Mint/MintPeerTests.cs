using System.Text.Json;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Mint;

/// <summary>The mint as @cashu/cashu-ts sees it, in each of the mint's dialects and keyset versions.</summary>
[Suite("interop")]
public sealed class MintPeerTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MintDialect.Specification, 1, 100, 0)]
    [InlineData(MintDialect.Specification, 0, 0, 0)]
    [InlineData(MintDialect.Nutshell020, 1, 100, 11_001)]
    [InlineData(MintDialect.Nutshell018, 0, 100, 10_002)]
    public async Task A_wallet_of_another_library_does_everything_with_it(
        MintDialect dialect, int version, int fee, int replay)
    {
        var options = new MintOptions { Dialect = dialect, KeysetVersion = version, InputFeePpk = fee };
        await using var mint = await Mints.StartAsync(options);

        var steps = (await Node.RunAsync("cashu-wallet.mjs", [mint.Url, mint.FaucetUrl], ct: Ct))
            .ToLookup(line => line.GetProperty("step").GetString()!);

        var keys = steps["keys"].Single();
        Assert.Equal(keys.GetProperty("id").GetString(), keys.GetProperty("computed").GetString());
        Assert.StartsWith($"0{version}", keys.GetProperty("id").GetString(), StringComparison.Ordinal);
        var minted = steps["minted"].Single();
        Assert.Equal("PAID", minted.GetProperty("state").GetString());
        Assert.Equal(20_008, minted.GetProperty("unsigned").GetInt32());
        Assert.True(minted.GetProperty("dleq").GetBoolean());
        var received = steps["received"].Single();
        Assert.True(received.GetProperty("dleqIn").GetBoolean() && received.GetProperty("dleq").GetBoolean());
        Assert.Equal("SPENT", Assert.Single(received.GetProperty("states").EnumerateArray()).GetString());
        Assert.Equal(fee == 0 ? 0 : 1, received.GetProperty("fee").GetInt32());
        Assert.Equal(11_001, Value(steps, "double-spend", "code"));
        Locks(steps);
        Melts(steps);
        var restored = steps["restored"].Single();
        Assert.True(restored.GetProperty("unspent").GetInt32() > 0);
        Assert.Equal(["00", "01"], steps["rotated"].Select(step => step.GetProperty("id").GetString()![..2]));
        Assert.All(steps["rotated"], step => Assert.InRange(step.GetProperty("took").GetInt32(), 9, 10));
        Assert.Equal(200, Value(steps, "replayed", "first"));
        Assert.Equal(replay == 0 ? 200 : 400, Value(steps, "replayed", "second"));
        Assert.Equal(replay == 0, steps["replayed"].Single().GetProperty("same").GetBoolean());
        Assert.Equal(replay == 0 ? -1 : replay, Value(steps, "replayed", "code"));
    }

    static void Locks(ILookup<string, JsonElement> steps)
    {
        Assert.Equal(10_001, Value(steps, "p2pk", "none"));
        Assert.Equal(10_001, Value(steps, "p2pk", "stranger"));
        Assert.InRange(Value(steps, "p2pk", "owner"), 20, 21);
        Assert.Equal(10_001, Value(steps, "multisig", "one"));
        Assert.InRange(Value(steps, "multisig", "two"), 32, 33);
        Assert.Equal(10_001, Value(steps, "refund", "stranger"));
        Assert.InRange(Value(steps, "refund", "refund"), 16, 17);
        Assert.Equal(10_001, Value(steps, "htlc", "wrong"));
        Assert.InRange(Value(steps, "htlc", "revealed"), 11, 12);
        Assert.True(steps["htlc"].Single().GetProperty("witness").GetBoolean());
    }

    static void Melts(ILookup<string, JsonElement> steps)
    {
        var melted = steps["melted"].Single();
        Assert.Equal("PAID", melted.GetProperty("state").GetString());
        Assert.Contains("SPENT", melted.GetProperty("watched").EnumerateArray().Select(state => state.GetString()));
        var failed = steps["failed"].Single();
        Assert.Equal(20_004, failed.GetProperty("code").GetInt32());
        Assert.Equal("UNSPENT", Assert.Single(failed.GetProperty("states").EnumerateArray()).GetString());
    }

    static int Value(ILookup<string, JsonElement> steps, string step, string name) =>
        steps[step].Single().GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : -1;
}
