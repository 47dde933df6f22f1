using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>Our Blossom server as nostr-tools and fetch see it.</summary>
[Suite("interop")]
public sealed class BlossomProbeTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>
{
    public const int Checks = 73;

    [Fact]
    public async Task Our_server_passes_every_check_of_the_probe()
    {
        using var folder = new TemporaryFolder();
        await using var server = await BlossomPeer.StartAsync(postgres, folder.Path);

        var lines = await Node.RunAsync(
            "blossom-probe.mjs", [server.Url], ct: TestContext.Current.CancellationToken);

        var failed = lines.Where(line => line.TryGetProperty("pass", out var pass) && !pass.GetBoolean());
        Assert.Empty(failed.Select(line => line.GetRawText()));
        Assert.Equal(Checks, lines[^1].GetProperty("passed").GetInt32());
    }
}
