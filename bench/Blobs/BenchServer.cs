using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>A web server in a process of its own: one of ours, or nginx over a folder.</summary>
sealed class BenchServer : IDisposable
{
    const double TicksPerSecond = 100;
    readonly Process _process;
    readonly string? _folder;

    BenchServer(Process process, int port, string? folder) => (_process, Port, _folder) = (process, port, folder);

    public int Port { get; }

    /// <summary>What it and its workers have used so far, from /proc.</summary>
    public double CpuSeconds => Family().Sum(OfProcess);

    /// <summary>This program with these arguments; it prints its port first.</summary>
    public static BenchServer Ours(params string[] args)
    {
        var process = Start(Path.Combine(AppContext.BaseDirectory, "PoA.Nostr.Bench"), args);
        var port = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"'{string.Join(' ', args)}' did not start.");
        return new(process, int.Parse(port, CultureInfo.InvariantCulture), null);
    }

    public static BenchServer Nginx(IReadOnlyList<StorefrontFile> files)
    {
        var folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
        var www = Directory.CreateDirectory(Path.Combine(folder, "www")).FullName;
        foreach (var file in files) File.WriteAllBytes(Path.Combine(www, file.Path[1..]), file.Bytes);
        return Nginx(folder, www);
    }

    /// <summary>Over files that are there already.</summary>
    public static BenchServer Nginx(string www) => Nginx(Directory.CreateTempSubdirectory("poa-bench-").FullName, www);

    /// <summary>As Debian sets it up: sendfile, a worker a core; no log, since ours writes none.</summary>
    static BenchServer Nginx(string folder, string www)
    {
        var port = FreePort();
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off; worker_processes auto; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events { worker_connections 768; }
            http {
              include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000;
              client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}};
              uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
              server { listen 127.0.0.1:{{port}}; root {{www}}; error_page 404 /404.html; }
            }
            """);
        var process = Start("nginx", "-c", Path.Combine(folder, "nginx.conf"), "-p", folder);
        while (!Answers(port))
        {
            if (process.HasExited) throw new InvalidOperationException("nginx is needed: apt-get install nginx-light");
        }

        return new(process, port, folder);
    }

    public void Dispose()
    {
        if (_folder is null) _process.StandardInput.Close();
        else _process.Kill(entireProcessTree: true);
        _process.WaitForExit(TimeSpan.FromSeconds(10));
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    IEnumerable<int> Family() =>
    [
        _process.Id,
        .. File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    static double OfProcess(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    static Process Start(string program, params string[] args) => Process.Start(new ProcessStartInfo(program, args)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    static bool Answers(int port)
    {
        try
        {
            using var socket = new TcpClient();
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
