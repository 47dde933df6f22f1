using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The peers themselves are there, and answer as their versions do.</summary>
[Suite("interop")]
public class PeersTests
{
    [Fact]
    public async Task Nostr_tools_verifies_what_we_sign()
    {
        using var key = SecretKey.Generate();
        var good = key.Sign(new(1, 1_700_000_000, [["t", "\u0001\n\"ü😀"]], "hello\t\\"));
        var lines = Events(good, good with { Content = "other" });

        var answers = await Node.RunAsync("verify.mjs", stdin: lines, ct: TestContext.Current.CancellationToken);

        Assert.Equal([true, false], answers.Select(answer => answer.GetBoolean()));
    }

    [Fact]
    public async Task Schemata_accepts_a_note_and_refuses_a_shape_that_is_none()
    {
        using var key = SecretKey.Generate();
        var note = key.Sign(new(1, 1_700_000_000, [], "hello"));
        var stdin = $$"""
            {"event":{{Json(note)}}}
            {"event":{{Json(note with { Id = "short" })}}}
            {"schema":"nip-00/kind-0","event":{{Json(note)}}}

            """;

        var answers = await Node.RunAsync("schemata.mjs", stdin: stdin, ct: TestContext.Current.CancellationToken);

        Assert.Equal([true, false, false], answers.Select(answer => answer.GetProperty("valid").GetBoolean()));
        Assert.Equal([true, true, false], answers.Select(answer => answer.GetProperty("known").GetBoolean()));
    }

    [Fact]
    public async Task The_npm_relay_starts_says_where_and_dies_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var relay = await Node.StartAsync("npm-relay.mjs", ct: ct);

        Assert.StartsWith("ws://127.0.0.1:", relay.Ready.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(relay.Pid, relay.Ready.GetProperty("pid").GetInt32());
    }

    [Fact]
    public async Task A_script_that_fails_fails_the_test_with_its_words()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Node.RunAsync("verify.mjs", stdin: "not json\n", ct: TestContext.Current.CancellationToken));

        Assert.Contains("SyntaxError", failure.Message, StringComparison.Ordinal);
    }

    static string Json(NostrEvent value) => System.Text.Encoding.UTF8.GetString(EventJson.Write(value));

    static string Events(params NostrEvent[] events) => string.Concat(events.Select(e => Json(e) + "\n"));
}
