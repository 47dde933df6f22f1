using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Large blobs through the running service: its memory stays flat, and a kill −9 leaves nothing half done.
/// </summary>
[Suite("whole")]
public sealed class LargeBlobTests(Poa poa) : IClassFixture<Poa>
{
    const long MiB = 1024 * 1024;
    const long ResidentMax = 200_000_000;
    const long GrowthMax = 64 * MiB;

    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    readonly SecretKey _key = SecretKey.Generate();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string Blobs => Path.Combine(poa.Data, "blobs");

    [Fact]
    public Task A_large_blob_goes_up_and_comes_back_and_the_service_stays_small() => UpAndBackAsync(256 * MiB);

    [Fact(Explicit = true)]
    public async Task Ten_gigabytes_go_up_and_come_back_under_200_MB_resident() =>
        Assert.InRange(await UpAndBackAsync(10_000_000_000), 1, ResidentMax);

    [Fact]
    public async Task A_kill_in_the_middle_of_an_upload_leaves_no_file_and_no_row()
    {
        var (size, half) = (64 * MiB, 32 * MiB);
        var hash = await CountedBytes.HashAsync(size, Ct);
        var arrived = new TaskCompletionSource();
        var body = new CountedBytes(size)
        {
            Before = (position, ct) => position < half ? Task.CompletedTask : Task.Run(
                async () =>
                {
                    await UntilAsync(() => Unfinished().Any(file => file.Length > half / 2));
                    arrived.TrySetResult();
                    await Task.Delay(Timeout.Infinite, ct);
                },
                ct),
        };
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var upload = PutAsync(hash, size, body, cut.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(3), Ct);

        await poa.KillAsync("server");
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => upload);
        Assert.NotEmpty(Unfinished());
        await poa.UpAsync();

        await AssertCleanAsync(hash);
        await AssertTakenAsync(hash, size);
    }

    [Fact]
    public async Task A_kill_between_the_bytes_and_the_row_leaves_neither()
    {
        var size = 8 * MiB;
        var hash = await CountedBytes.HashAsync(size, Ct);
        await using (var held = await poa.Db.OpenConnectionAsync(Ct))
        {
            // A deferred check runs at the commit: the bytes have their name then, the row is not there yet.
            await RunAsync(held, HoldCommits);
            var upload = PutAsync(hash, size, new CountedBytes(size), Ct);
            await UntilAsync(() => File.Exists(PathOf(hash)));
            await poa.KillAsync("server");
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => upload);
            await RunAsync(held, DropHold);
        }

        Assert.True(File.Exists(PathOf(hash)));
        await poa.UpAsync();

        await UntilAsync(() => !File.Exists(PathOf(hash)));
        await AssertCleanAsync(hash);
        await AssertTakenAsync(hash, size);
    }

    /// <summary>The most that the service was resident while the blob went up and came back, in bytes.</summary>
    async Task<long> UpAndBackAsync(long size)
    {
        var hash = await CountedBytes.HashAsync(size, Ct);
        var pid = poa.Pid("server")!.Value;
        await File.WriteAllTextAsync($"/proc/{pid}/clear_refs", "5", Ct);
        var before = Resident(pid, "VmHWM");
        var clock = TimeProvider.System.GetTimestamp();

        await AssertTakenAsync(hash, size, keep: true);
        var (up, after) = (TimeProvider.System.GetElapsedTime(clock), Resident(pid, "VmHWM"));
        clock = TimeProvider.System.GetTimestamp();
        using (var back = await Http.GetAsync(
            $"{poa.Status.Blossom}/{hash}", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            await using var read = await back.Content.ReadAsStreamAsync(Ct);
            Assert.Equal(size, back.Content.Headers.ContentLength);
            Assert.Equal(hash, Convert.ToHexStringLower(await SHA256.HashDataAsync(read, Ct)));
        }

        var down = TimeProvider.System.GetElapsedTime(clock);
        var peak = Resident(pid, "VmHWM");
        TestContext.Current.SendDiagnosticMessage(
            $"{size / MiB} MiB: up {up.TotalSeconds:F1} s, back {down.TotalSeconds:F1} s, resident "
            + $"{before / MiB} MiB before, {after / MiB} at most going up, {peak / MiB} at most in all");
        await DeleteAsync(hash);
        Assert.InRange(peak, 1, before + GrowthMax);
        return peak;
    }

    async Task AssertTakenAsync(string hash, long size, bool keep = false)
    {
        using var answer = await PutAsync(hash, size, new CountedBytes(size), Ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(size, new FileInfo(PathOf(hash)).Length);
        await UntilAsync(() => !Unfinished().Any());
        if (!keep) await DeleteAsync(hash);
    }

    /// <summary>As soon as the service says that it is ready; the sweep is a part of its start.</summary>
    async Task AssertCleanAsync(string hash)
    {
        await UntilAsync(() => !Unfinished().Any());
        Assert.False(File.Exists(PathOf(hash)));
        foreach (var row in await poa.Db.ManyAsync<string>("select sha256 from blossom.blob", null, Ct))
        {
            Assert.True(File.Exists(PathOf(row)), $"{row} has a row and no bytes.");
        }

        Assert.Equal(0, await poa.Db.OneAsync<long>(CountOwned, new { pubkey = _key.Pubkey }, Ct));
    }

    async Task<HttpResponseMessage> PutAsync(string hash, long size, Stream body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{poa.Status.Blossom}/upload")
        {
            Content = new StreamContent(body, 128 * 1024) { Headers = { ContentLength = size } },
        };
        request.Headers.Add("X-SHA-256", hash);
        request.Headers.Authorization = new("Nostr", BlossomPeer.Token(_key, "upload", hash));
        return await Http.SendAsync(request, ct);
    }

    async Task DeleteAsync(string hash)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{poa.Status.Blossom}/{hash}");
        request.Headers.Authorization = new("Nostr", BlossomPeer.Token(_key, "delete", hash));
        using var answer = await Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    IEnumerable<FileInfo> Unfinished() =>
        new DirectoryInfo(Blobs).EnumerateFiles("*.part", SearchOption.AllDirectories);

    string PathOf(string hash) => Path.Combine(Blobs, hash[..2], hash[2..4], hash);

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!Holds(condition)) await tick.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>Storefronts are published meanwhile: a file may go while it is looked at.</summary>
    static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>In bytes; VmHWM is the highest since it was cleared.</summary>
    static long Resident(int pid, string name) => File.ReadLines($"/proc/{pid}/status")
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
        .Select(kibibytes => long.Parse(kibibytes, CultureInfo.InvariantCulture)).Single() * 1024;

    const string CountOwned = "select count(*) from blossom.owner where pubkey = @pubkey";

    const string HoldCommits = """
        create function public.hold_commit() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(7072);
            return null;
        end $$;
        create constraint trigger hold_commit after insert on blossom.blob deferrable initially deferred
            for each row execute function public.hold_commit();
        select pg_advisory_lock(7072);
        """;

    /// <summary>The session of the killed process would still commit: it ends first.</summary>
    const string DropHold = """
        select pg_terminate_backend(pid, 10000) from pg_locks where not granted and objid = 7072;
        select pg_advisory_unlock_all();
        drop trigger hold_commit on blossom.blob;
        drop function public.hold_commit();
        """;
}
