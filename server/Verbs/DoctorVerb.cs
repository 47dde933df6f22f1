using System.CommandLine;
using System.Runtime.InteropServices;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa doctor</c>: what is missing or unhealthy, and how to mend it. Exit code 0 when all is well.
/// </summary>
static class DoctorVerb
{
    public static Command Create()
    {
        var verb = new Command("doctor", "Say what is missing or unhealthy, and how to mend it.") { Verb.Data };
        verb.SetAction(async (parsed, ct) =>
        {
            var findings = await ExamineAsync(parsed.GetValue(Verb.Data)!, ct);
            foreach (var finding in findings)
            {
                Console.WriteLine($"{(finding.Mend is null ? "ok  " : "MEND")}  {finding.What}");
                if (finding.Mend is not null) Console.WriteLine($"      {finding.Mend}");
            }

            return findings.All(finding => finding.Mend is null) ? 0 : ServerProblems.Unhealthy.Recovery.ExitCode();
        });
        return verb;
    }

    /// <param name="What">What was looked at, and what it is like.</param>
    /// <param name="Mend">Null when it is well.</param>
    sealed record Finding(string What, string? Mend = null);

    static async Task<List<Finding>> ExamineAsync(string data, CancellationToken ct)
    {
        List<Finding> findings =
        [
            Library("libsecp256k1", ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5"], "libsecp256k1-1"),
            Library("libsodium", ["libsodium.so.23", "libsodium.so.26"], "libsodium23"),
            PostgresBinaries.Find() is { } bin
                ? new($"PostgreSQL is in {bin}")
                : new("PostgreSQL is not installed", "apt-get install postgresql"),
            Disk(data),
        ];
        if (Instance.Find(data) is { } instance)
        {
            findings.AddRange(await RunningAsync(instance, ct));
        }
        else
        {
            findings.Add(new($"nothing was ever started on {data}", "./poa up"));
        }

        return findings;
    }

    static async Task<List<Finding>> RunningAsync(Instance instance, CancellationToken ct)
    {
        List<Finding> findings = [Process(instance.Server)];
        if (instance.IsDevnet)
        {
            findings.Add(Process(instance.Devnet));
            findings.Add(await Status.DevnetIsHealthyAsync(instance, ct)
                ? new($"the devnet answers on port {instance.Ports.Relay}")
                : new("the devnet does not answer", $"./poa up; why is in {instance.Devnet.LogFile}"));
        }

        if (Supervisor.OwnsPostgres)
        {
            findings.Add(EmbeddedPostgres.Running(instance.Data) is { } postgres
                ? new($"PostgreSQL runs as {postgres.Pid}")
                : new("PostgreSQL does not run", "./poa up"));
        }

        var readiness = await Status.ReadinessAsync(instance, ct);
        findings.AddRange(readiness.Checks.Select(check => readiness.Ready
            ? new Finding($"{check.Key}: {check.Value}")
            : new Finding($"{check.Key}: {check.Value}", $"./poa logs server; {instance.Server.LogFile}")));
        return findings;
    }

    static Finding Process(RoleProcess process) => process.Pid is { } pid
        ? new($"{process.Name} runs as {pid}")
        : new($"{process.Name} does not run", $"./poa up; why it ended is in {process.LogFile}");

    static Finding Library(string name, string[] files, string package)
    {
        foreach (var file in files)
        {
            if (!NativeLibrary.TryLoad(file, out var handle)) continue;
            NativeLibrary.Free(handle);
            return new($"{name} is here as {file}");
        }

        return new($"{name} is missing", $"apt-get install {package}");
    }

    static Finding Disk(string data)
    {
        const long Enough = 1L << 30;
        var folder = Path.GetFullPath(data);
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free >= Enough
            ? new($"{free >> 30} GiB are free on the disk of {data}")
            : new($"only {free >> 20} MiB are free on the disk of {data}", "make room: a full disk stops PostgreSQL");
    }
}
