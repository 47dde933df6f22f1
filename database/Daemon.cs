using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PoA.Nostr.Database;

/// <summary>
/// A process in a session of its own, whose output goes to a file: it outlives whoever started it, and no Ctrl-C of
/// the terminal reaches it.
/// </summary>
public static partial class Daemon
{
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="log">Appended to; opened before privileges are dropped.</param>
    /// <param name="user">Whom to run it as, or null for the current user. Only root may name another.</param>
    /// <param name="environment">Added to the current environment.</param>
    public static Process Start(
        string file, IEnumerable<string> args, string log, string? user = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        IEnumerable<string> drop =
            user is null ? [] : ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups"];
        var start = new ProcessStartInfo("/bin/sh", ["-c", Redirected, log, "setsid", .. drop, file, .. args])
        {
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>
    /// SIGINT asks to finish, SIGTERM asks to go, SIGKILL does not ask. False when nobody has this id.
    /// </summary>
    public static bool Signal(int pid, PosixSignal signal) => kill(pid, signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        PosixSignal.SIGTERM => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    }) == 0;

    public static bool Kill(int pid) => kill(pid, 9) == 0;

    /// <summary>Whether this id belongs to a process that has not ended; one that waits to be reaped has.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>When it began, in clock ticks since the machine did; null when it ended.</summary>
    public static string? Began(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Its program and arguments, or nothing when it ended or is not ours to read.</summary>
    public static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>True when it ended in time.</summary>
    public static async Task<bool> EndedAsync(int pid, TimeSpan atMost, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (IsAlive(pid))
        {
            if (watch.Elapsed > atMost) return false;
            await Task.Delay(20, ct);
        }

        return true;
    }

    const string Redirected = "exec \"$@\" >>\"$0\" 2>&1 </dev/null";

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
