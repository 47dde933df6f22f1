using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The whole service with its blobs in a bucket, set up by its environment as an operator does it.</summary>
[Suite("interop")]
public sealed class BlossomOverS3Tests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly Support.Poa _poa = new();
    NodePeer? _peer;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _peer = await Node.StartAsync("s3.mjs", [Path.Combine(_folder.Path, "bucket")], ct: Ct);
        _poa.Settings["BlobStore__S3__BucketUrl"] = _peer.Ready.GetProperty("url").GetString()!;
        _poa.Settings["BlobStore__S3__AccessKey"] = "S3RVER";
        _poa.Settings["BlobStore__S3__SecretKey"] = "S3RVER";
        await _poa.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _poa.DisposeAsync();
        if (_peer is not null) await _peer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_service_passes_every_check_of_the_probe_and_keeps_no_blob_on_its_own_disk()
    {
        var lines = await Node.RunAsync("blossom-probe.mjs", [_poa.Status.Blossom!], ct: Ct);

        var failed = lines.Where(line => line.TryGetProperty("pass", out var pass) && !pass.GetBoolean());
        Assert.Empty(failed.Select(line => line.GetRawText()));
        Assert.Equal(BlossomProbeTests.Checks, lines[^1].GetProperty("passed").GetInt32());
        Assert.NotEmpty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        var own = Path.Combine(_poa.Data, "blobs");
        Assert.DoesNotContain(BlossomPeer.Files(own), file => Hex.Is32(Path.GetFileName(file)));
    }
}
