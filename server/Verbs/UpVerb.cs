using System.CommandLine;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa up</c>: PostgreSQL, the devnet and the service, each a process of its own. In the foreground it watches
/// over them until Ctrl-C; detached it returns when all are ready.
/// </summary>
static class UpVerb
{
    static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Return when everything is ready." };
    static readonly Option<int?> PortBase = new("--port-base") { Description = "First of twenty ports (7777)." };
    static readonly Option<string?> Network = new("--network") { Description = "devnet (default) or mainnet." };

    public static Command Create()
    {
        var verb = new Command("up", "Start everything and say where it is.")
        {
            Verb.Data, Detach, PortBase, Network,
        };
        verb.SetAction((parsed, ct) => RunAsync(
            Instance.Open(parsed.GetValue(Verb.Data)!, parsed.GetValue(PortBase), parsed.GetValue(Network)),
            parsed.GetValue(Detach), ct));
        return verb;
    }

    static async Task<int> RunAsync(Instance instance, bool detach, CancellationToken ct)
    {
        var supervisor = new Supervisor(instance);
        using var only = supervisor.LockStarting();
        try
        {
            var operatorKey = Secrets.Ensure(instance);
            await supervisor.StartAsync(ct);
            var status = await supervisor.ReadyAsync(ct);
            if (operatorKey is not null) await PlayMoney.FillTreasuryAsync(status, ct);
            Console.WriteLine(Summary.Of(status, operatorKey, detach, await PlayMoney.TokenAsync(status, ct)));
            operatorKey?.Dispose();
        }
        catch
        {
            await supervisor.StopStartedAsync();
            throw;
        }

        if (detach) return 0;

        only.Dispose();
        await supervisor.WatchAsync(ct);
        Console.WriteLine("Stopping.");
        await supervisor.StopAsync();
        return 0;
    }
}
