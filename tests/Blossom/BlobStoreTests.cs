using System.Security.Cryptography;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

/// <summary>What every blob store does. A store's own tests say only how it is made.</summary>
public abstract class BlobStoreTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    protected string Folder => _folder.Path;

    protected abstract IBlobStore Store { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(13 * 1024 * 1024 + 7)]
    public async Task What_is_kept_comes_back_whole_and_its_file_is_taken_over(int size)
    {
        var (sha256, bytes, file) = Finished(size);
        await Store.KeepAsync(sha256, file, Ct);

        Assert.False(File.Exists(file));
        Assert.Equal(size, await Store.SizeAsync(sha256, Ct));
        Assert.Equal(bytes, await ReadAsync(sha256, 0, size));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 10)]
    [InlineData(17, 300)]
    [InlineData(999, 1)]
    [InlineData(500, 500)]
    public async Task A_range_holds_just_its_bytes(int from, int length)
    {
        var (sha256, bytes, file) = Finished(1_000);
        await Store.KeepAsync(sha256, file, Ct);

        Assert.Equal(bytes[from..(from + length)], await ReadAsync(sha256, from, length));
    }

    [Fact]
    public async Task The_same_hash_twice_is_kept_once()
    {
        var (sha256, bytes, file) = Finished(5_000);
        await Store.KeepAsync(sha256, file, Ct);
        await File.WriteAllBytesAsync(file, bytes, Ct);
        await Store.KeepAsync(sha256, file, Ct);

        Assert.False(File.Exists(file));
        Assert.Equal(bytes, await ReadAsync(sha256, 0, bytes.Length));
        Assert.Single(await Store.ListAsync(Ct).Where(kept => kept == sha256).ToListAsync(Ct));
    }

    [Fact]
    public async Task What_was_never_kept_is_absent_and_may_be_deleted()
    {
        var absent = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

        Assert.Null(await Store.SizeAsync(absent, Ct));
        Assert.Null(await Store.OpenAsync(absent, 0, 0, Ct));
        Assert.Null(await Store.OpenAsync(absent, 3, 5, Ct));
        await Store.DeleteAsync(absent, Ct);
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_may_be_kept_anew()
    {
        var (sha256, bytes, file) = Finished(5_000);
        await Store.KeepAsync(sha256, file, Ct);
        await Store.DeleteAsync(sha256, Ct);

        Assert.Null(await Store.SizeAsync(sha256, Ct));
        Assert.Null(await Store.OpenAsync(sha256, 0, bytes.Length, Ct));
        Assert.DoesNotContain(sha256, await Store.ListAsync(Ct).ToListAsync(Ct));

        await File.WriteAllBytesAsync(file, bytes, Ct);
        await Store.KeepAsync(sha256, file, Ct);
        Assert.Equal(bytes, await ReadAsync(sha256, 0, bytes.Length));
    }

    [Fact]
    public async Task Every_hash_is_listed()
    {
        var kept = new HashSet<string>();
        for (var i = 0; i < 25; i++)
        {
            var (sha256, _, file) = Finished(10 + i);
            await Store.KeepAsync(sha256, file, Ct);
            kept.Add(sha256);
        }

        Assert.Subset((await Store.ListAsync(Ct).ToListAsync(Ct)).ToHashSet(), kept);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public async Task A_name_that_is_no_hash_is_refused(string name)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Store.SizeAsync(name, Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.DeleteAsync(name, Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.OpenAsync(name, 0, 1, Ct));
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    (string Sha256, byte[] Bytes, string File) Finished(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var file = Path.Combine(Folder, $"{sha256}.part");
        File.WriteAllBytes(file, bytes);
        return (sha256, bytes, file);
    }

    async Task<byte[]> ReadAsync(string sha256, long from, int length)
    {
        await using var stream = await Store.OpenAsync(sha256, from, length, Ct);
        Assert.NotNull(stream);
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, Ct);
        return bytes;
    }
}
