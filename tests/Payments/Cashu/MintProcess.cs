using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MintDialect = PoA.Nostr.Devnet.Mint.MintDialect;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>The devnet's mint and faucet in a process of their own, reached by their addresses alone.</summary>
sealed class MintProcess : IAsyncDisposable
{
    const int StartsMax = 5;
    static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(90);

    readonly Process _process;
    readonly DirectoryInfo _data;

    MintProcess(Process process, DirectoryInfo data, int mint, int faucet) =>
        (_process, _data, Url, FaucetUrl) = (process, data, $"http://127.0.0.1:{mint}", $"http://127.0.0.1:{faucet}");

    public string Url { get; }

    public string FaucetUrl { get; }

    /// <summary>Ready when this returns. A port that somebody else took meanwhile is one more try.</summary>
    public static async Task<MintProcess> StartAsync(MintDialect dialect, CancellationToken ct)
    {
        for (var start = 1; ; start++)
        {
            var mint = Start(dialect);
            if (await mint.IsReadyAsync(ct)) return mint;
            await mint.DisposeAsync();
            Assert.True(start < StartsMax, "The mint does not start.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    static MintProcess Start(MintDialect dialect)
    {
        var ports = FreePorts(3);
        var data = Directory.CreateTempSubdirectory("poa-mint-");
        var command = Support.Poa.StartOf("--role", "devnet");
        command.RedirectStandardOutput = command.RedirectStandardError = false;
        foreach (var (name, value) in ((string Name, string Value)[])
        [
            ("Devnet__RelayPort", Text(ports[0])), ("Devnet__MintPort", Text(ports[1])),
            ("Devnet__FaucetPort", Text(ports[2])), ("Devnet__Data", data.FullName), ("Devnet__World", "false"),
            ("Devnet__Mint__Dialect", $"{dialect}"), ("Server__Data", data.FullName),
            ("Logging__LogLevel__Default", "None"),
            // Its other servers wait for a database, and nobody here for them.
            ("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none"),
        ])
        {
            command.Environment[name] = value;
        }

        return new(Process.Start(command)!, data, ports[1], ports[2]);
    }

    async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(StartTimeMax);
        using var http = new HttpClient(new SocketsHttpHandler());
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync($"{Url}/v1/info", late.Token);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                await tick.WaitForNextTickAsync(late.Token);
            }
        }

        return false;
    }

    static int[] FreePorts(int count)
    {
        List<TcpListener> listeners =
            [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
