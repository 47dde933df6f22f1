using PoA.Nostr.Blossom;
using PoA.Nostr.Tests.Nostr.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// Our client against the servers there are, each as its source has it: they agree on next to nothing, and all of them
/// take what we send.
/// </summary>
[Suite("interop")]
public sealed class BlossomServersTests : IDisposable
{
    readonly SecretKey _key = SecretKey.Generate();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    OwnSigner Signer => new(_key);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("blossom-server", true, true)]
    [InlineData("route96", true, true)]
    [InlineData("khatru", true, true)]
    [InlineData("nostrcheck", true, true)]
    [InlineData("blossy", false, false)]
    public async Task A_server_takes_what_our_client_sends(string name, bool lists, bool deletes)
    {
        await using var peer = await Node.StartAsync("blossom-servers.mjs", [name], ct: Ct);
        var server = new Uri(peer.Ready.GetProperty("url").GetString()!);
        using var client = new TestBlossomClient(server.Authority);
        var blobs = Enumerable.Range(0, 3).Select(n => BlobContent.Of([(byte)n, 0, 255], "image/png")).ToList();

        foreach (var blob in blobs)
        {
            var said = await client.Blossom.UploadAsync(server, Signer, blob, Ct);
            Assert.Equal((blob.Sha256, 3, "image/png"), (said.Sha256, said.Size, said.Type));
        }

        await client.Blossom.UploadAsync(server, Signer, blobs[0], Ct);
        Assert.Equal(new(3, "image/png"), await client.Blossom.HeadAsync(server, blobs[0].Sha256, Ct));
        var fetched = await client.Blossom.GetAsync(server, blobs[1].Sha256, 1_000, Ct);
        Assert.Equal([1, 0, 255], fetched.Body);

        if (lists) Assert.Equal(blobs.Select(blob => blob.Sha256).Order(), await ListAsync(client, server));
        else await Assert.ThrowsAsync<ProblemException>(() => ListAsync(client, server));

        if (!deletes)
        {
            await Assert.ThrowsAsync<ProblemException>(
                () => client.Blossom.DeleteAsync(server, Signer, blobs[0].Sha256, Ct));
            return;
        }

        Assert.True(await client.Blossom.DeleteAsync(server, Signer, blobs[0].Sha256, Ct));
        Assert.Null(await client.Blossom.HeadAsync(server, blobs[0].Sha256, Ct));
        Assert.Equal(blobs.Skip(1).Select(blob => blob.Sha256).Order(), await ListAsync(client, server));
    }

    [Fact]
    public async Task A_blob_is_placed_on_all_of_them_by_mirror_where_one_can_and_by_upload_where_not()
    {
        string[] names = ["khatru", "blossom-server", "route96", "nostrcheck", "blossy"];
        List<NodePeer> peers = [];
        try
        {
            foreach (var name in names) peers.Add(await Node.StartAsync("blossom-servers.mjs", [name], ct: Ct));
            var servers = peers.Select(peer => new Uri(peer.Ready.GetProperty("url").GetString()!)).ToList();
            using var client = new TestBlossomClient([.. servers.Select(server => server.Authority)]);
            var blob = BlobContent.Of("on all of them"u8.ToArray(), "image/png");

            Assert.Equal(servers, await client.Place.PlaceAsync(servers, Signer, blob, Ct));
        }
        finally
        {
            foreach (var peer in peers) await peer.DisposeAsync();
        }
    }

    async Task<List<string>> ListAsync(TestBlossomClient client, Uri server)
    {
        List<string> listed = [];
        await foreach (var blob in client.Blossom.ListAsync(server, _key.Pubkey, Signer, Ct)) listed.Add(blob.Sha256);
        return [.. listed.Order()];
    }
}
