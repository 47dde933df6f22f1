using System.CommandLine;
using System.Runtime.InteropServices;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server.Verbs;

/// <summary><c>./poa down</c>: stops what runs on this data folder, and nothing else.</summary>
static class DownVerb
{
    static readonly TimeSpan StopMax = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var verb = new Command("down", "Stop what ./poa up started.") { Verb.Data };
        verb.SetAction((parsed, ct) => RunAsync(Verb.Existing(parsed), ct));
        return verb;
    }

    static async Task<int> RunAsync(Instance instance, CancellationToken ct)
    {
        var supervisor = new Supervisor(instance);
        if (supervisor.Process.Pid is { } foreground)
        {
            // It would start again whatever is stopped behind its back.
            Daemon.Signal(foreground, PosixSignal.SIGTERM);
            await Daemon.EndedAsync(foreground, StopMax, ct);
        }

        var stopped = await supervisor.StopAsync();
        Console.WriteLine(stopped ? "Stopped." : "Nothing was running.");
        return 0;
    }
}
