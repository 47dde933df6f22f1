using Microsoft.Extensions.Options;
using PoA.Nostr.BlossomS3;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>The S3 store against s3rver of npm: it stores and lists as S3 does; signatures it does not check.</summary>
[Suite("interop")]
public sealed class S3BlobStoreTests : BlobStoreTests, IAsyncLifetime
{
    NodePeer? _peer;
    S3BlobStore? _store;

    protected override IBlobStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _peer = await Node.StartAsync("s3.mjs", [Path.Combine(Folder, "bucket")], ct: Ct);
        _store = StoreAt(_peer.Ready.GetProperty("url").GetString()!);
    }

    [Fact]
    public async Task More_than_a_page_is_listed()
    {
        const int count = 1_050;
        await Parallel.ForAsync(0, count, Ct, async (i, ct) =>
        {
            var bytes = BitConverter.GetBytes(i);
            var file = Path.Combine(Folder, $"{i}");
            await File.WriteAllBytesAsync(file, bytes, ct);
            await Store.KeepAsync(BlossomPeer.Hash(bytes), file, ct);
        });

        Assert.Equal(count, await Store.ListAsync(Ct).Distinct().CountAsync(Ct));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_an_error_and_loses_nothing()
    {
        using var lost = StoreAt(_peer!.Ready.GetProperty("url").GetString() + "-elsewhere");
        var file = Path.Combine(Folder, "finished");
        await File.WriteAllTextAsync(file, "a blob", Ct);

        var refused = await Assert.ThrowsAsync<IOException>(() => lost.KeepAsync(new('a', 64), file, Ct));

        Assert.Contains("NoSuchBucket", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
        await Assert.ThrowsAsync<IOException>(() => lost.ListAsync(Ct).ToListAsync(Ct).AsTask());
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_peer is not null) await _peer.DisposeAsync();
        Dispose();
    }

    /// <summary>The least part that S3 allows, so that a blob of some megabytes goes in parts.</summary>
    static S3BlobStore StoreAt(string bucket) => new(
        Options.Create(new S3Options
        {
            BucketUrl = bucket,
            AccessKey = "S3RVER",
            SecretKey = "S3RVER",
            PartBytes = 5 << 20,
        }),
        TimeProvider.System);
}
