using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>
/// Our Blossom server against nginx and a bare Kestrel file route over the same files, each in a process of its own,
/// taking turns: per second, and per second of the server's own CPU (PostgreSQL's is not counted). Uploads against
/// one core's SHA-256 and against the parts that every upload has, onto the disk under TMPDIR. <c>--get</c> and
/// <c>--put</c> measure only their half.
/// </summary>
static class BlobsBench
{
    const int Rounds = 3;
    const int KiB = 1024;
    const int MiB = 1024 * KiB;
    static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    static readonly (string Name, int Size, int Connections)[] Downloads =
        [("1 KB", KiB, 16), ("100 KB", 100 * KiB, 16), ("10 MB", 10 * MiB, 4)];

    static readonly (string Name, int Size, int Connections, int Count)[] Uploads =
    [
        ("1 KB", KiB, 16, 1_600), ("10 MB", 10 * MiB, 1, 64), ("10 MB", 10 * MiB, 4, 128),
        ("256 MB", 256 * MiB, 1, 4), ("256 MB", 256 * MiB, 4, 4),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--serve", var data]) return await BlobServers.ServeAsync(data);
        if (args is ["--serve-files", var www]) return await BlobServers.ServeFilesAsync(www);
        if (args is ["--serve-floor", var floor, var files]) return await BlobServers.ServeFloorAsync(floor, files);

        var busy = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine($"medians of {Rounds} rounds of {Time.TotalSeconds} s, load {busy}");
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        try
        {
            await CompareAsync(folder, args);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    static async Task CompareAsync(string folder, string[] args)
    {
        var blobs = Path.Combine(folder, "blobs");
        using var ours = BenchServer.Ours("blobs", "--serve", folder);
        using var key = SecretKey.Generate();
        var load = new BlobLoad(ours.Port, key);
        if (!args.Contains("--get")) await CompareUploadsAsync(ours, key, folder);
        if (args.Contains("--put")) return;

        using var nginx = BenchServer.Nginx(blobs);
        using var bare = BenchServer.Ours("blobs", "--serve-files", blobs);
        foreach (var (name, size, connections) in Downloads)
        {
            var path = (await load.UploadAsync(load.Next(size)))[0];
            await CompareAsync($"GET {name}", [ours, nginx, bare], path, "", connections);
        }

        var large = (await load.UploadAsync(load.Next(1024 * MiB)))[0];
        var range = $"Range: bytes={512 * MiB}-{(513 * MiB) - 1}\r\n";
        await CompareAsync("1 MB of 1 GB", [ours, nginx, bare], large, range, 8);

        await load.UploadAsync([.. Enumerable.Range(0, 100).Select(_ => load.Next(KiB))]);
        await CompareAsync("list of 100", [ours], $"/list/{key.Pubkey}?limit=100", "", 16);
    }

    /// <summary>Every server answers the same path of a blob; ours has it in the root.</summary>
    static async Task CompareAsync(
        string name, BenchServer[] servers, string path, string header, int connections)
    {
        var rates = servers.Select(_ => new List<(double Wall, double Cpu)>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (i, server) in servers.Index())
            {
                var own = i == 0 ? path : $"/{path[1..3]}/{path[3..5]}{path}";
                rates[i].Add(await RateAsync(server, own, header, connections));
            }
        }

        Console.WriteLine(name);
        foreach (var (i, rate) in rates.Index())
        {
            Print(i == 0 ? "ours" : i == 1 ? "nginx" : "bare Kestrel", rate, rates[0]);
        }
    }

    static void Print(string server, List<(double Wall, double Cpu)> rates, List<(double Wall, double Cpu)> ours)
    {
        var (wall, cpu) = Median(rates);
        var ratio = ReferenceEquals(rates, ours)
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"   ours to it {Median(ours).Wall / wall:0.00} wall {Median(ours).Cpu / cpu:0.00} cpu");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {server,-13} {wall,9:0.0}/s (least {rates.Min(rate => rate.Wall):0.0}) {cpu,9:0.0}/cpu-s{ratio}"));
    }

    static (double Wall, double Cpu) Median(List<(double Wall, double Cpu)> rates) =>
        (rates.Select(rate => rate.Wall).Order().ElementAt(rates.Count / 2),
            rates.Select(rate => rate.Cpu).Order().ElementAt(rates.Count / 2));

    static async Task<(double Wall, double Cpu)> RateAsync(
        BenchServer server, string path, string header, int connections)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n");
        var cpu = server.CpuSeconds;
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections)
            .Select(_ => Task.Run(() => AskAsync(server.Port, request, watch))));
        var wall = watch.Elapsed.TotalSeconds;
        return (counts.Sum() / wall, counts.Sum() / (server.CpuSeconds - cpu));
    }

    static async Task<int> AskAsync(int port, byte[] request, Stopwatch watch)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[256 * KiB];
        var answers = 0;
        while (watch.Elapsed < Time)
        {
            await socket.SendAsync(request);
            await HttpAnswer.SkipAsync(socket, buffer);
            answers++;
        }

        return answers;
    }

    /// <summary>
    /// Ours, and what bare Kestrel takes to read such a body, to hash it as well, and to put it on disk as well. All
    /// are warm: the compiler is done with what an upload runs. The first round of each size does not count.
    /// </summary>
    static async Task CompareUploadsAsync(BenchServer ours, SecretKey key, string folder)
    {
        using var drain = BenchServer.Ours("blobs", "--serve-floor", "drain", folder);
        using var hashing = BenchServer.Ours("blobs", "--serve-floor", "hash", folder);
        using var disk = BenchServer.Ours("blobs", "--serve-floor", "disk", folder);
        (string Name, BenchServer Server, BlobLoad Load)[] servers =
        [
            .. new[] { ("ours", ours), ("drain", drain), ("+ SHA-256", hashing), ("+ disk", disk) }
                .Select(one => (one.Item1, one.Item2, new BlobLoad(one.Item2.Port, key))),
        ];
        foreach (var (_, server, load) in servers)
        {
            for (var i = 0; i < 3; i++) await UploadRateAsync(server, load, MiB, 4, 256);
        }

        foreach (var (name, size, connections, count) in Uploads)
        {
            var rates = servers.Select(_ => new List<(double Wall, double Cpu)>()).ToArray();
            List<double> hashes = [];
            for (var round = 0; round <= Rounds; round++)
            {
                if (round > 0) hashes.Add(HashRate());
                foreach (var (i, (_, server, load)) in servers.Index())
                {
                    var rate = await UploadRateAsync(server, load, size, connections, count);
                    if (round > 0) rates[i].Add(rate);
                }
            }

            var hash = hashes.Order().ElementAt(Rounds / 2);
            Console.WriteLine($"PUT {name} × {connections}, of one core's SHA-256 at {hash / MiB:0} MB/s");
            foreach (var (i, (server, _, _)) in servers.Index())
            {
                var (wall, cpu) = Median(rates[i]);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {server,-10} {wall / size,7:0.0}/s {wall / MiB,7:0.0} MB/s (least "
                    + $"{rates[i].Min(rate => rate.Wall) / MiB:0.0}) {wall / hash:0.00}   {cpu / MiB,7:0.0} MB/cpu-s "
                    + $"{cpu / hash:0.00}"));
            }
        }
    }

    static async Task<(double Wall, double Cpu)> UploadRateAsync(
        BenchServer server, BlobLoad load, long size, int connections, int count)
    {
        var blobs = Enumerable.Range(0, count).Select(_ => load.Next(size)).ToArray();
        var cpu = server.CpuSeconds;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(blobs.Chunk(count / connections).Select(chunk => Task.Run(() => load.UploadAsync(chunk))));
        return (size * count / watch.Elapsed.TotalSeconds, size * count / (server.CpuSeconds - cpu));
    }

    /// <summary>Bytes a second that one core hashes, in this run.</summary>
    static double HashRate()
    {
        var bytes = new byte[64 * KiB];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var watch = Stopwatch.StartNew();
        var done = 0L;
        for (; watch.Elapsed < TimeSpan.FromSeconds(0.3); done += bytes.Length) hash.AppendData(bytes);
        return done / watch.Elapsed.TotalSeconds;
    }
}
