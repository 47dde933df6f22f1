using System.Text.Json;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The client libraries that applications are written with, at work on two servers of ours.</summary>
[Suite("interop")]
public sealed class BlossomClientsTests(Support.Postgres one, BlossomClientsTests.AnotherPostgres other)
    : IClassFixture<Support.Postgres>, IClassFixture<BlossomClientsTests.AnotherPostgres>
{
    [Theory]
    [InlineData("blossom-client-sdk")]
    [InlineData("nostr-tools")]
    public async Task A_client_uploads_lists_mirrors_and_deletes(string client)
    {
        using var folder = new TemporaryFolder();
        await using var first = await BlossomPeer.StartAsync(one, folder["first"]);
        await using var second = await BlossomPeer.StartAsync(
            other.Server, folder["second"], allowed: [new Uri(first.Url).Authority]);

        var lines = await Node.RunAsync(
            "blossom-clients.mjs", [client, first.Url, second.Url], ct: TestContext.Current.CancellationToken);

        var steps = lines.ToDictionary(line => Text(line, "step"));
        Assert.Equal(["upload", "list", "mirror", "foreign", "delete"], lines.Select(line => Text(line, "step")));
        var hash = Text(steps["upload"], "hash");
        foreach (var said in new[] { steps["upload"].GetProperty("said"), steps["upload"].GetProperty("again") })
        {
            AssertDescribes(said, hash, first);
        }

        Assert.Equal(Text(steps["list"], "wanted"), Text(steps["list"], "listed"));
        AssertDescribes(steps["mirror"].GetProperty("said"), hash, second);
        Assert.Equal(("False", "True"), (Text(steps["mirror"], "before"), Text(steps["mirror"], "same")));
        Assert.NotEmpty(Text(steps["foreign"], "reason"));
        Assert.Equal("True", Text(steps["foreign"], "kept"));
        Assert.Equal(("False", "True"), (Text(steps["delete"], "here"), Text(steps["delete"], "there")));
        Assert.Equal(Text(steps["delete"], "left"), Text(steps["delete"], "listed"));
        Assert.Equal($"[\"{hash}\"]", Text(steps["delete"], "mirrored"));
    }

    static void AssertDescribes(JsonElement said, string hash, BlossomPeer server)
    {
        Assert.Equal((hash, "image/png"), (Text(said, "sha256"), Text(said, "type")));
        Assert.Equal($"{server.Url}/{hash}.png", Text(said, "url"));
        Assert.Equal(60_000, said.GetProperty("size").GetInt32());
    }

    static string Text(JsonElement line, string name) => line.GetProperty(name).ToString();

    /// <summary>The second server has rows of its own.</summary>
    public sealed class AnotherPostgres : IAsyncLifetime
    {
        public Support.Postgres Server { get; } = new();

        public ValueTask InitializeAsync() => Server.InitializeAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
