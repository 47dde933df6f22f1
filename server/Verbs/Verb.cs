using System.CommandLine;
using System.CommandLine.Help;
using PoA.Nostr.Database;

namespace PoA.Nostr.Server.Verbs;

/// <summary>What the verbs share: their two common options, and one clear line when something cannot be done.</summary>
static class Verb
{
    public static readonly Option<string> Data =
        new("--data") { Description = "The folder of the instance.", DefaultValueFactory = _ => "data" };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Task<int> RunAsync(string[] args, IEnumerable<Command> verbs)
    {
        var root = new Command("./poa", "The PoA.Nostr service.") { new HelpOption() };
        foreach (var verb in verbs) root.Add(verb);
        return GuardAsync(() => root.Parse(args).InvokeAsync(new()
        {
            EnableDefaultExceptionHandler = false,
            // Ctrl-C cancels; stopping everything in good order takes its time.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
        }));
    }

    public static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ProblemException e)
        {
            Console.Error.WriteLine($"{e.Problem.Sentence}\n{e.Problem.Advice()} ({e.Problem.Code})");
            return e.Problem.Recovery.ExitCode();
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    /// <summary>The instance's database, as the service uses it; or a problem that says how to start one.</summary>
    public static string Connection(ParseResult parsed)
    {
        if (!Supervisor.OwnsPostgres) return Environment.GetEnvironmentVariable(Supervisor.PostgresVariable)!;

        return EmbeddedPostgres.Running(Existing(parsed).Data)?.ServiceConnectionString
            ?? throw new ProblemException(ServerProblems.NotRunning);
    }

    /// <summary>The instance on this folder, or a problem that says how to start one.</summary>
    public static Instance Existing(ParseResult parsed) => Instance.Find(parsed.GetValue(Data)!)
        ?? throw new ProblemException(ServerProblems.NotRunning);
}
