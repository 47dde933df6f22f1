using System.CommandLine;
using System.CommandLine.Help;
using System.Text.Json;

namespace PoA.Nostr.Cli;

/// <summary>
/// What all commands share: the option <c>--json</c>, and the end of a command that meets a problem, which is one clear
/// line, what to do next, and the exit code of its recovery action (10 to 17).
/// </summary>
public static class CommandLine
{
    /// <summary>Machine-readable output: one JSON document a line.</summary>
    public static readonly Option<bool> Json =
        new("--json") { Description = "Print JSON, one document a line.", Recursive = true };

    public static async Task<int> RunAsync(string[] args, IEnumerable<Command> commands)
    {
        var root = new Command("./poa", "PoA.Nostr: hire agents over Nostr. ./poa help has the verbs of the service.")
        {
            Json, new HelpOption(), new VersionOption(),
        };
        root.TreatUnmatchedTokensAsErrors = true;
        foreach (var command in commands) root.Add(command);
        var parsed = root.Parse(args);
        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
        }
        catch (ProblemException e)
        {
            return Report(e.Problem, parsed.GetValue(Json));
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    static int Report(Problem problem, bool json)
    {
        Console.Error.WriteLine(json
            ? JsonSerializer.Serialize(
                new
                {
                    code = problem.Code,
                    title = problem.Title,
                    detail = problem.Detail,
                    recovery = problem.Recovery.Word(),
                },
                JsonSerializerOptions.Web)
            : $"{problem.Sentence}\n{problem.Advice()} ({problem.Code})");
        return problem.Recovery.ExitCode();
    }
}
