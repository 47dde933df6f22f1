using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using PoA.Nostr.Blossom;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Blossom;

[Suite("slice")]
public sealed class UploadBlobTests(Support.Postgres postgres) : IClassFixture<Support.Postgres>, IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Uploads_and_deletions_of_one_blob_at_once_leave_bytes_and_rows_in_step()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        using var other = SecretKey.Generate();
        var blob = "everybody wants this one"u8.ToArray();
        var sha256 = BlossomPeer.Hash(blob);

        for (var round = 0; round < 20; round++)
        {
            var answers = await Task.WhenAll(
                server.UploadAsync(blob), server.DeleteAsync(sha256), server.UploadAsync(blob, other),
                server.DeleteAsync(sha256, other), server.UploadAsync(blob));

            Assert.All(answers, answer => Assert.True((int)answer.StatusCode < 500));
            var owners = await postgres.Db.OneAsync<long>(CountOwners, new { sha256 }, Ct);
            var rows = await postgres.Db.OneAsync<long>(CountBlobs, new { sha256 }, Ct);
            Assert.Equal(owners > 0, rows == 1);
            Assert.Equal(owners > 0, await server.Store.SizeAsync(sha256, Ct) == blob.Length);
            Assert.Equal(owners * blob.Length, await UsedAsync(server.Key.Pubkey) + await UsedAsync(other.Pubkey));
        }
    }

    [Fact]
    public async Task The_same_blob_twice_counts_once_and_what_is_deleted_not_at_all()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var blob = new byte[1_000];

        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(blob)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.UploadAsync(blob)).StatusCode);
        Assert.Equal(1_000, await UsedAsync(server.Key.Pubkey));

        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync(BlossomPeer.Hash(blob))).StatusCode);
        Assert.Equal(0, await UsedAsync(server.Key.Pubkey));
        Assert.Equal(HttpStatusCode.NotFound, (await server.DeleteAsync(BlossomPeer.Hash(blob))).StatusCode);
    }

    [Fact]
    public async Task A_full_key_is_told_so_and_uploads_at_once_do_not_slip_past_the_limit()
    {
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["KeyBytesMax"] = "2500" });

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(n => server.UploadAsync([.. Enumerable.Repeat((byte)n, 1_000)])));

        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(6, answers.Count(answer => answer.StatusCode == HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal(2_000, await UsedAsync(server.Key.Pubkey));
        Assert.Equal(2, Files());
        var known = await server.UploadAsync([.. Enumerable.Repeat((byte)99, 400)]);
        Assert.Equal(HttpStatusCode.Created, known.StatusCode);
    }

    [Fact]
    public async Task All_keys_together_keep_no_more_than_the_server_has_room_for()
    {
        await postgres.Owner.RunAsync("truncate blossom.quota", null, Ct);
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["TotalBytesMax"] = "1000" });
        using var other = SecretKey.Generate();

        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(new byte[600])).StatusCode);
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await server.UploadAsync(new byte[401], other)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(new byte[400], other)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync(BlossomPeer.Hash(new byte[600]))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(new byte[401], other)).StatusCode);
    }

    [Fact]
    public async Task Nothing_is_left_of_an_upload_that_is_refused_at_its_end()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var token = BlossomPeer.Token(server.Key, "upload", new string('a', 64));

        var answer = await server.SendAsync(HttpMethod.Put, "/upload", token, BlossomPeer.Bytes([1, 2, 3]));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("x tags", answer.Headers.GetValues("X-Reason").Single(), StringComparison.Ordinal);
        Assert.Equal(0, Files());
    }

    [Fact]
    public async Task Nothing_is_left_of_an_upload_that_breaks_off()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var token = BlossomPeer.Token(server.Key, "upload", new string('a', 64));
        using var body = new StreamContent(new BreaksOff());
        body.Headers.ContentLength = 1_000_000;

        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => server.SendAsync(HttpMethod.Put, "/upload", token, body));

        while (Files() > 0) await Task.Delay(10, Ct);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((3 << 20) - 1)]
    [InlineData((5 << 20) + 4096)]
    [InlineData((17 << 20) + 4097)]
    public async Task Large_uploads_of_any_length_come_back_byte_for_byte_and_fill_what_they_say(int size)
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var blob = RandomNumberGenerator.GetBytes(size);

        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(blob)).StatusCode);

        var answer = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(blob)}");
        Assert.Equal(BlossomPeer.Hash(blob), BlossomPeer.Hash(await answer.Content.ReadAsByteArrayAsync(Ct)));
        Assert.Equal(size, await server.Store.SizeAsync(BlossomPeer.Hash(blob), Ct));
        await server.DeleteAsync(BlossomPeer.Hash(blob));
    }

    [Fact]
    public async Task Many_large_uploads_at_once_are_each_whole_whether_or_not_there_is_memory_for_batches()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var blobs = Enumerable.Range(0, 40)
            .Select(n => RandomNumberGenerator.GetBytes((1 << 20) + (n * 1_000))).ToArray();

        var answers = await Task.WhenAll(blobs.Select(blob => server.UploadAsync(blob)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        foreach (var blob in blobs)
        {
            var answer = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(blob)}");
            Assert.Equal(BlossomPeer.Hash(blob), BlossomPeer.Hash(await answer.Content.ReadAsByteArrayAsync(Ct)));
            await server.DeleteAsync(BlossomPeer.Hash(blob));
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_from_a_disk_that_fails()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, 0);

        var thrown = await Assert.ThrowsAsync<IOException>(async () => await full.WriteAsync(new byte[1], Ct));

        Assert.True(BlossomEdge.IsFull(thrown));
        Assert.False(BlossomEdge.IsFull(new("The disk fails.")));
    }

    [Fact]
    public async Task A_page_goes_on_from_a_blob_that_was_deleted_meanwhile()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        foreach (var n in Enumerable.Range(1, 4)) await server.UploadAsync([(byte)n, 77]);
        var first = await PageAsync(server, "limit=2");
        Assert.Empty(first.Intersect(await PageAsync(server, $"limit=2&cursor={first[1]}")));

        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync(first[1])).StatusCode);
        var second = await PageAsync(server, $"limit=2&cursor={first[1]}");

        Assert.Equal(2, second.Count);
        Assert.Empty(first.Intersect(second));
    }

    [Fact]
    public async Task A_blob_over_the_limit_is_refused_before_it_is_sent()
    {
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["BlobBytesMax"] = "10" });

        Assert.Equal(HttpStatusCode.Created, (await server.UploadAsync(new byte[10])).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.UploadAsync(new byte[11])).StatusCode);
    }

    [Fact]
    public async Task The_sweeper_takes_bytes_without_a_row_and_unfinished_uploads_of_the_dead_only()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        var kept = "kept"u8.ToArray();
        await server.UploadAsync(kept);
        var orphan = BlossomPeer.Hash("orphan"u8.ToArray());
        await File.WriteAllTextAsync(_folder["staging/written"], "orphan", Ct);
        await server.Store.KeepAsync(orphan, _folder["staging/written"], Ct);
        Directory.CreateDirectory(_folder["staging/dead"]);
        await File.WriteAllTextAsync(_folder["staging/dead/left.part"], "", Ct);
        var alive = Path.Combine(server.Staging.Take(), "alive.part");
        await File.WriteAllTextAsync(alive, "", Ct);

        await server.Sweeper.SweepAsync(Ct);

        Assert.Null(await server.Store.SizeAsync(orphan, Ct));
        Assert.Equal(4, await server.Store.SizeAsync(BlossomPeer.Hash(kept), Ct));
        Assert.False(Directory.Exists(_folder["staging/dead"]));
        Assert.True(File.Exists(alive));
    }

    [Fact]
    public async Task A_blob_says_when_its_time_is_over_and_goes_then()
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        await using var server = await BlossomPeer.StartAsync(
            postgres, _folder.Path, new() { ["Retention"] = "1.00:00:00" }, clock: clock);
        var blob = "for a day"u8.ToArray();
        await server.UploadAsync(blob);

        var before = await server.SendAsync(HttpMethod.Head, $"/{BlossomPeer.Hash(blob)}");
        var sunset = DateTimeOffset.Parse(before.Headers.GetValues("Sunset").Single(), null);
        Assert.InRange(sunset - clock.GetUtcNow(), TimeSpan.FromHours(23), TimeSpan.FromHours(25));
        await server.Sweeper.SweepAsync(Ct);
        Assert.Equal(blob.Length, await server.Store.SizeAsync(BlossomPeer.Hash(blob), Ct));

        clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(5));
        await server.Sweeper.SweepAsync(Ct);

        var after = await server.SendAsync(HttpMethod.Get, $"/{BlossomPeer.Hash(blob)}");
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        Assert.Equal(0, await UsedAsync(server.Key.Pubkey));
    }

    [Fact(Explicit = true)]
    public async Task Ten_thousand_blobs_are_listed_page_by_page_none_twice_none_missing()
    {
        await using var server = await BlossomPeer.StartAsync(postgres, _folder.Path);
        foreach (var part in Enumerable.Range(0, 10_000).Chunk(32))
        {
            await Task.WhenAll(part.Select(n => server.UploadAsync(BitConverter.GetBytes(n))));
        }

        HashSet<string> seen = [];
        var cursor = "";
        while (true)
        {
            using var answer = await server.SendAsync(HttpMethod.Get, $"/list/{server.Key.Pubkey}?limit=700{cursor}");
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
            var hashes = page.RootElement.EnumerateArray().Select(blob => blob.GetProperty("sha256").GetString()!);
            if (!hashes.Any()) break;
            Assert.All(hashes, hash => Assert.True(seen.Add(hash)));
            cursor = $"&cursor={hashes.Last()}";
        }

        Assert.Equal(10_000, seen.Count);
    }

    static async Task<List<string>> PageAsync(BlossomPeer server, string query)
    {
        using var answer = await server.SendAsync(HttpMethod.Get, $"/list/{server.Key.Pubkey}?{query}");
        using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        return [.. page.RootElement.EnumerateArray().Select(blob => blob.GetProperty("sha256").GetString()!)];
    }

    Task<long> UsedAsync(string pubkey) => postgres.Db.OneAsync<long>(SelectUsed, new { pubkey }, Ct);

    int Files() => BlossomPeer.Files(_folder.Path).Count;

    const string CountOwners = "select count(*) from blossom.owner where sha256 = @sha256";
    const string CountBlobs = "select count(*) from blossom.blob where sha256 = @sha256";
    const string SelectUsed = "select coalesce(sum(used_bytes), 0)::bigint from blossom.quota where pubkey = @pubkey";

    /// <summary>Half a body, then a broken cable.</summary>
    sealed class BreaksOff : MemoryStream
    {
        int _left = 500_000;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left <= 0) throw new IOException("The cable broke.");
            var count = Math.Min(_left, buffer.Length);
            _left -= count;
            return new(count);
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            CopyAsync(destination, cancellationToken);

        async Task CopyAsync(Stream destination, CancellationToken ct)
        {
            var buffer = new byte[64 * 1024];
            while (true) await destination.WriteAsync(buffer.AsMemory(0, await ReadAsync(buffer, ct)), ct);
        }
    }
}
