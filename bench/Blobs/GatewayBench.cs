using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PoA.Nostr.Fetch;
using PoA.Nostr.Nsite.Gateway;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Relays;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>
/// A storefront's page through the gateway against the same files from nginx, each in a process of its own, over 16
/// connections that stay open. Per second, and per second of the server's own CPU; rounds take turns.
/// </summary>
static class GatewayBench
{
    const int Connections = 16;
    const int Rounds = 3;
    static readonly string[] Expected = ["HTTP/1.1 200 ", "HTTP/1.1 404 "];
    static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--serve"]) return await ServeAsync();

        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine($"{Connections} connections, {Rounds} rounds of {Time.TotalSeconds} s, load {load}");
        using var ours = BenchServer.Ours("gateway", "--serve");
        using var nginx = BenchServer.Nginx(StorefrontFiles.Of(Agent));
        foreach (var path in (string[])["/", "/style.css", "/icon.svg", "/nowhere"])
        {
            List<(double Wall, double Cpu)> ourRates = [];
            List<(double Wall, double Cpu)> peerRates = [];
            for (var round = 0; round < Rounds; round++)
            {
                ourRates.Add(await RateAsync(ours, path));
                peerRates.Add(await RateAsync(nginx, path));
            }

            Print(path, Median(ourRates), Median(peerRates));
        }

        return 0;
    }

    static void Print(string path, (double Wall, double Cpu) ours, (double Wall, double Cpu) peer) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path,-11} gateway {ours.Wall,7:0}/s {ours.Cpu,7:0}/cpu-s   nginx {peer.Wall,7:0}/s {peer.Cpu,7:0}/cpu-s"
            + $"   ratio {ours.Wall / peer.Wall:0.00} wall {ours.Cpu / peer.Cpu:0.00} cpu"));

    static (double Wall, double Cpu) Median(List<(double Wall, double Cpu)> rates) =>
        rates.OrderBy(rate => rate.Wall).ElementAt(rates.Count / 2);

    static async Task<(double Wall, double Cpu)> RateAsync(BenchServer server, string path)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {Host}\r\n\r\n");
        var cpu = server.CpuSeconds;
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAsync(server.Port, request, watch))));
        var wall = watch.Elapsed.TotalSeconds;
        return (counts.Sum() / wall, counts.Sum() / (server.CpuSeconds - cpu));
    }

    /// <summary>Every answer is as long as the first one: the dates in their heads are.</summary>
    static async Task<int> AskAsync(int port, byte[] request, Stopwatch watch)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(request);
        var buffer = new byte[64 * 1024];
        var length = await FirstAsync(socket, buffer);
        var answers = 1;
        while (watch.Elapsed < Time)
        {
            await socket.SendAsync(request);
            for (var read = 0; read < length;)
            {
                var count = await socket.ReceiveAsync(buffer);
                read += count > 0 ? count : throw new EndOfStreamException("The server hung up.");
            }

            answers++;
        }

        return answers;
    }

    static async Task<int> FirstAsync(Socket socket, byte[] buffer)
    {
        for (var read = 0; ;)
        {
            read += await socket.ReceiveAsync(buffer.AsMemory(read));
            var text = Encoding.Latin1.GetString(buffer, 0, read);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            if (end < 0 || at < 0) continue;
            if (!Expected.Any(status => text.StartsWith(status, StringComparison.Ordinal)) || text.Contains("no site"))
            {
                throw new InvalidDataException(text);
            }

            var body = int.Parse(text[(at + 16)..text.IndexOf('\r', at)], CultureInfo.InvariantCulture);
            if (read >= end + 4 + body) return end + 4 + body;
        }
    }

    /// <summary>The gateway as the service hosts it, with one site, its relay and its Blossom server at hand.</summary>
    static async Task<int> ServeAsync()
    {
        var files = StorefrontFiles.Of(Agent);
        await using var blobs = Build();
        blobs.Run(http =>
        {
            var file = files.First(one => "/" + one.Sha256 == http.Request.Path);
            return http.Response.Body.WriteAsync(file.Bytes).AsTask();
        });
        await blobs.StartAsync();
        var server = new Uri(blobs.Urls.Single());

        await using var gateway = Build(services =>
        {
            services.AddSingleton<IEventFinder>(new OneSite(files, server));
            services.AddSingleton(new SafeFetch(new SafeAddress([server.Authority])));
            services.AddSingleton(given => new RelayPool(
                new(), null, null, TimeProvider.System, given.GetRequiredService<ILogger<RelayPool>>()));
        });
        gateway.MapGateway();
        await gateway.StartAsync();
        Console.WriteLine(new Uri(gateway.Urls.Single()).Port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    static WebApplication Build(Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StorefrontSource>(_ => Task.FromResult<IReadOnlyList<AgentStorefrontData>>([]));
        more?.Invoke(builder.Services);
        if (more is not null) builder.AddGateway();
        return builder.Build();
    }

    static string Host => $"{Nip5AWords.RootLabel(Agent.Pubkey)}.localhost";

    static AgentStorefrontData Agent { get; } = new(
        "counter", "Counter", "Counts events, exactly.", new('2', 64),
        [
            .. Enumerable.Range(5400, 4).Select(kind => new StorefrontOffer(
                kind, "Event count", "How many events match.", Msat.Zero, TimeSpan.FromSeconds(30), true,
                [new("group", "By what to group.", false, ["pubkey", "content"])],
                new([new("""{"kinds":[1]}""", JobInputType.Text)], [], null, [], null))),
        ],
        new(1_234, 1_200, 30, 4), ["wss://relay.example"], "0.1.0");

    /// <summary>What relays would say of the site.</summary>
    sealed class OneSite(IReadOnlyList<StorefrontFile> files, Uri server) : IEventFinder
    {
        readonly NostrEvent _manifest = new(
            new('1', 64), Agent.Pubkey, 1, Nip5AWords.RootSite,
            Nip5AWords.ManifestTags(new("t", "d", [.. files.Select(file => file.Entry)], [server.ToString()])), "", "");

        public Task<IReadOnlyList<NostrEvent>> FindAsync(
            Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<NostrEvent>>(filter.Matches(_manifest) ? [_manifest] : []);
    }
}
