using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using PoA.Nostr.Blossom;
using PoA.Nostr.Database;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Nostr.Blossom;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Server;

[Suite("whole")]
public class StartingTests(Support.Poa poa) : IClassFixture<Support.Poa>
{
    static readonly string[] Processes = ["postgres", "devnet", "server"];
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_status_has_the_promised_shape_and_its_addresses_answer()
    {
        var (code, output) = await Support.Poa.RunAsync("status", "--json", "--data", poa.Data);

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(
            [
                "ready", "network", "data", "relay", "relays", "api", "gateway", "blossom", "blossoms", "mint", "lnd",
                "phoenixd", "faucet", "metrics", "agents",
            ],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.True(json.RootElement.GetProperty("ready").GetBoolean());
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(poa.Relay, Ct);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Contains("Blossom", await http.GetStringAsync(poa.Status.Blossom, Ct), StringComparison.Ordinal);
        Assert.Contains("# TYPE", await http.GetStringAsync(poa.Status.Metrics, Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api.example", true)]
    [InlineData("api.example:443", true)]
    [InlineData(null, true)]
    [InlineData("127.0.0.1:{metrics}", true)]
    [InlineData("127.0.0.1:{api}", false)]
    public async Task The_API_is_on_its_own_port_whatever_a_request_calls_its_host(string? host, bool onApi)
    {
        var (api, metrics) = (new Uri(poa.Status.Api!), new Uri(poa.Status.Metrics!));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(onApi ? api : metrics, $"/.well-known/lnurlp/{poa.Status.Agents[0].Slug}"));
        request.Headers.Host = host?
            .Replace("{api}", $"{api.Port}", StringComparison.Ordinal)
            .Replace("{metrics}", $"{metrics.Port}", StringComparison.Ordinal);

        using var answer = await http.SendAsync(request, Ct);

        Assert.Equal(onApi ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
        using var noMetrics = await http.GetAsync(new Uri(api, "/metrics"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, noMetrics.StatusCode);
    }

    [Fact]
    public async Task A_blob_is_placed_on_three_servers_that_share_nothing()
    {
        Uri[] servers = [.. poa.Status.Blossoms.Select(text => new Uri(text))];
        using var client = new TestBlossomClient([.. servers.Select(server => server.Authority)]);
        using var key = SecretKey.Generate();
        var blob = BlobContent.Of("mirrored over the devnet"u8.ToArray(), "text/plain");

        var kept = await client.Place.PlaceAsync(servers, new OwnSigner(key), blob, Ct);

        Assert.Equal(3, kept.Count);
        Assert.True(await client.Blossom.DeleteAsync(servers[0], new OwnSigner(key), blob.Sha256, Ct));
        Assert.Null(await client.Blossom.HeadAsync(servers[0], blob.Sha256, Ct));
        Assert.Equal(blob.Size, (await client.Blossom.HeadAsync(servers[2], blob.Sha256, Ct))!.Size);
    }

    [Fact]
    public async Task A_second_start_adopts_what_runs()
    {
        var before = Processes.Select(poa.Pid).ToList();

        await poa.UpAsync();

        Assert.Equal(before, Processes.Select(poa.Pid));
        Assert.DoesNotContain(null, before);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("devnet")]
    [InlineData("server")]
    public async Task Each_process_may_be_killed_and_comes_back_alone(string killed)
    {
        var before = Processes.ToDictionary(process => process, poa.Pid);

        await poa.KillAsync(killed);
        Assert.False((await poa.ReadStatusAsync()).Ready);
        await poa.UpAsync();

        Assert.All(Processes, process => Assert.Equal(process != killed, before[process] == poa.Pid(process)));
    }

    [Fact]
    public async Task The_doctor_finds_nothing_to_mend_while_all_is_well()
    {
        var (code, output) = await Support.Poa.RunAsync("doctor", "--data", poa.Data);

        Assert.True(code == 0, output);
        Assert.DoesNotContain("MEND", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_for_their_owner_alone() => Assert.Equal(
        UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(poa.Data, "secrets.env")));
}

[Suite("whole")]
public sealed class UpAndDownTests : IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly string _data = Directory.CreateTempSubdirectory("poa-updown-").FullName;

    public UpAndDownTests() => File.SetUnixFileMode(
        _data, File.GetUnixFileMode(_data) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);

    [Fact]
    public async Task A_taken_port_moves_the_instance_to_the_next_block_and_down_leaves_nothing()
    {
        using var taken = Taken();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var first = (port - 3).ToString(CultureInfo.InvariantCulture);

        var (code, output) = await Support.Poa.RunAsync("up", "--detach", "--data", _data, "--port-base", first);

        Assert.True(code == 0, output);
        var instance = Instance.Find(_data)!;
        Assert.NotEqual(port - 3, instance.Ports.Base);
        Assert.Equal(0, (instance.Ports.Base - (port - 3)) % 20);
        int[] pids = [instance.Devnet.Pid!.Value, instance.Server.Pid!.Value, EmbeddedPostgres.Running(_data)!.Pid];
        var socket = EmbeddedPostgres.Running(_data)!.Place.Socket;

        (code, output) = await Support.Poa.RunAsync("down", "--data", _data);

        Assert.True(code == 0, output);
        Assert.All(pids, pid => Assert.False(Daemon.IsAlive(pid)));
        Assert.False(Directory.Exists(socket));
        Assert.Equal(instance.Ports.Base, Instance.Open(_data, null, null).Ports.Base);
    }

    [Fact]
    public async Task In_the_foreground_what_ends_is_started_again_and_an_interrupt_stops_it_all()
    {
        var start = Support.Poa.StartOf("up", "--data", _data, "--port-base", "9100");
        using var up = Process.Start(Heeding("SIGINT", start))!;
        await LineAsync(up, "Ctrl-C stops it all.");
        var instance = Instance.Find(_data)!;
        int[] pids = [instance.Devnet.Pid!.Value, EmbeddedPostgres.Running(_data)!.Pid];
        var killed = instance.Server.Pid!.Value;
        var (second, _) = await Support.Poa.RunAsync("up", "--data", _data);
        Assert.Equal(ServerProblems.AlreadyUp.Recovery.ExitCode(), second);

        Daemon.Kill(killed);
        await LineAsync(up, "server ended");
        await LineAsync(up, "server runs again");
        Assert.NotEqual(killed, instance.Server.Pid);
        Daemon.Signal(up.Id, PosixSignal.SIGINT);
        await up.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromMinutes(2), Ct);

        Assert.Equal(0, up.ExitCode);
        Assert.All(pids, pid => Assert.False(Daemon.IsAlive(pid)));
        Assert.Null(instance.Server.Pid);
    }

    [Fact]
    public async Task A_start_that_fails_says_why_and_stops_what_it_had_started()
    {
        var start = Support.Poa.StartOf("up", "--detach", "--data", _data, "--port-base", "9200");
        start.Environment["ConnectionStrings__Postgres"] = "Host=/nonexistent;Username=nobody";
        using var up = Process.Start(start)!;
        var errors = await up.StandardError.ReadToEndAsync(Ct);
        await up.WaitForExitAsync(Ct);

        Assert.Equal(12, up.ExitCode);
        Assert.Contains("server/does-not-start", errors, StringComparison.Ordinal);
        Assert.Contains("database", errors, StringComparison.Ordinal);
        Assert.Null(Instance.Find(_data)!.Devnet.Pid);
    }

    [Fact]
    public async Task Mainnet_refuses_the_secrets_of_a_devnet()
    {
        await File.WriteAllLinesAsync(
            Path.Combine(_data, "secrets.env"),
            [$"Market__MasterKey=devnet:{new string('1', 64)}", $"Server__OperatorKey={new string('2', 64)}"], Ct);

        var (code, output) = await Support.Poa.RunAsync("up", "--detach", "--network", "mainnet", "--data", _data);

        Assert.Equal(12, code);
        Assert.Contains("server/devnet-secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_is_not_root_can_run_it_too()
    {
        // As root, becomes nobody, in a copy that nobody can read; otherwise this user is the test already.
        var start = Support.Poa.StartOf("up", "--detach", "--data", _data, "--port-base", "9300");
        if (Environment.IsPrivilegedProcess) BecomeNobody(start);
        using var up = Process.Start(start)!;
        var errors = up.StandardError.ReadToEndAsync(Ct);
        var output = await up.StandardOutput.ReadToEndAsync(Ct);
        await up.WaitForExitAsync(Ct);

        Assert.True(up.ExitCode == 0, output + await errors);
        Assert.Contains("Ready on devnet", output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        using var down = Process.Start(Support.Poa.StartOf("down", "--data", _data))!;
        down.WaitForExit();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Tests in the background of a script ignore interrupts, and so would all that they start.</summary>
    static ProcessStartInfo Heeding(string signal, ProcessStartInfo start)
    {
        start.ArgumentList.Insert(0, start.FileName);
        start.ArgumentList.Insert(0, $"--default-signal={signal}");
        start.FileName = "env";
        return start;
    }

    void BecomeNobody(ProcessStartInfo start)
    {
        var program = Path.Combine(_data, "program");
        using var copy = Process.Start("cp", ["-r", Path.GetDirectoryName(start.ArgumentList[0])!, program]);
        copy.WaitForExit();
        using var give = Process.Start("chown", ["-R", "nobody", _data]);
        give.WaitForExit();
        start.ArgumentList[0] = Path.Combine(program, Path.GetFileName(start.ArgumentList[0]));
        string[] become = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", start.FileName];
        foreach (var (index, word) in become.Index()) start.ArgumentList.Insert(index, word);
        start.FileName = "setpriv";
        start.Environment["HOME"] = _data;
    }

    /// <summary>A port in use, below those that the kernel gives to anybody's connections.</summary>
    static TcpListener Taken()
    {
        for (var port = 9_403; ; port += 20)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException) when (port < 10_000)
            {
                listener.Dispose();
            }
        }
    }

    static async Task LineAsync(Process process, string wanted)
    {
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            if (line.Contains(wanted, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"It ended without saying \"{wanted}\": {await process.StandardError.ReadToEndAsync(Ct)}");
    }
}
