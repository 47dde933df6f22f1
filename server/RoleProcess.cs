using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server;

/// <summary>One process of ours, known by a pid file that also says when it began: ids are used again.</summary>
public sealed class RoleProcess(Instance instance, string name)
{
    /// <summary>Time to finish the work in hand before it is killed.</summary>
    static readonly TimeSpan StopMax = TimeSpan.FromSeconds(15);

    public string Name => name;

    public string LogFile => Path.Combine(instance.Log, $"{name}.log");

    string PidFile => Path.Combine(instance.Run, $"{name}.pid");

    /// <summary>Null when it does not run.</summary>
    public int? Pid
    {
        get
        {
            try
            {
                var lines = File.ReadAllLines(PidFile);
                return lines is [var id, var began]
                    && int.TryParse(id, CultureInfo.InvariantCulture, out var pid)
                    && Daemon.IsAlive(pid) && Daemon.Began(pid) == began
                        ? pid
                        : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Starts this program in the role, detached, with its output in its log.</summary>
    public int Start(string role, IReadOnlyDictionary<string, string> environment)
    {
        using var started = Daemon.Start(
            Environment.ProcessPath!, [.. Self, "--role", role], LogFile, environment: environment);
        Remember(started.Id);
        return started.Id;
    }

    /// <summary>Notes a process as this one, the current one for instance.</summary>
    public void Remember(int pid) => File.WriteAllLines(
        PidFile, [pid.ToString(CultureInfo.InvariantCulture), Daemon.Began(pid) ?? ""]);

    public void Forget() => File.Delete(PidFile);

    /// <summary>Asks it to end and waits; kills it when it takes too long. True when it was running.</summary>
    public async Task<bool> StopAsync(CancellationToken ct)
    {
        if (Pid is not { } pid) return false;

        Daemon.Signal(pid, PosixSignal.SIGTERM);
        if (!await Daemon.EndedAsync(pid, StopMax, ct))
        {
            Daemon.Kill(pid);
            await Daemon.EndedAsync(pid, StopMax, ct);
        }

        Forget();
        return true;
    }

    /// <summary>Run by the dotnet host, the program is its first argument.</summary>
    static string[] Self => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Assembly.GetEntryAssembly()!.Location]
        : [];
}
