using System.CommandLine;
using System.Globalization;

namespace PoA.Nostr.Cli;

/// <summary>
/// <c>job KIND INPUT…</c>: sends a job to an agent over a relay (NIP-90) and prints each answer as it comes. The exit
/// code is 0 for a result, else that of what to do next.
/// </summary>
public static class JobCommand
{
    static readonly Argument<int> Kind = new("kind") { Description = "The kind of job, 5000 to 5999." };

    static readonly Argument<string[]> Inputs = new("input")
    {
        Description = "Text, a URL, event:ID or job:ID; text:… is always text.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    static readonly Option<string[]> Params = new("--param") { Description = "A parameter as NAME=VALUE; repeatable." };

    static readonly Option<string?> To =
        new("--to") { Description = "The agent: its name here, npub or hex. Without it the market chooses." };

    static readonly Option<string?> Relay = new("--relay") { Description = "The relay, instead of the instance's." };

    static readonly Option<string?> Data = new("--data") { Description = "The data folder of the instance." };

    static readonly Option<bool> Encrypt =
        new("--encrypt") { Description = "Only the agent reads the request, and you the answer (NIP-44); needs --to." };

    static readonly Option<double> Timeout =
        new("--timeout") { Description = "Seconds to wait for the result.", DefaultValueFactory = _ => 60 };

    static readonly Option<string?> Pay = new("--pay")
    {
        Description = "balance: out of your balance here (POA_KEY); wait: pay the invoice that is shown. "
            + "On a devnet the faucet pays unless this says otherwise; none never pays.",
    };

    const string About = """
        Send a job and print each answer. POA_KEY may hold your nsec.

        For example:
          ./poa job 5400 '{"kinds":[1]}'                                 how many notes are there?
          ./poa job 5302 "sourdough" --param max_results=5               search them
          ./poa job 5001 "$(cat article.txt)" --param length="50 words"  summarise a text
          ./poa job 5400 '{"kinds":[7]}' --to counter --encrypt          nobody else reads it
        """;

    public static Command Create()
    {
        var command = new Command("job", About)
        {
            Kind, Inputs, Params, To, Relay, Data, Encrypt, Timeout, Pay,
        };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult given, CancellationToken ct)
    {
        var instance = RunningInstance.Find(given.GetValue(Data));
        var relays = given.GetValue(Relay) is { } relay ? [relay]
            : instance?.Relays is { Count: > 0 } known ? known
            : instance?.Relay is { } own ? [own]
            : throw new ProblemException(CliProblems.NoInstance);
        using var key = Key();
        var agent = given.GetValue(To) is { } to ? AgentOf(to, instance) : null;
        if (given.GetValue(Encrypt) && agent is null)
        {
            throw Wrong("--encrypt needs --to: somebody must be able to read the request.");
        }

        var payer = JobPayer.Of(given.GetValue(Pay), instance);
        var request = JobRequest.Create(
            key, given.GetValue(Kind), [.. given.GetValue(Inputs) ?? []],
            [.. (given.GetValue(Params) ?? []).Select(Pair)], agent, given.GetValue(Encrypt), relays,
            payer.FromBalance);
        var printer = new JobPrinter(Console.Out, given.GetValue(CommandLine.Json));
        var wait = TimeSpan.FromSeconds(Math.Clamp(given.GetValue(Timeout), 0.1, 86_400));
        await JobExchange.RunAsync(request, relays, payer, printer, wait, ct);
        return 0;
    }

    static SecretKey Key() => Environment.GetEnvironmentVariable("POA_KEY") is { Length: > 0 } text
        ? Nip19Words.TryReadSecret(text) ?? throw new ProblemException(CliProblems.KeyMalformed)
        : SecretKey.Generate();

    static string AgentOf(string text, RunningInstance? instance) =>
        instance?.Agents?.FirstOrDefault(agent => agent.Slug == text)?.Pubkey
        ?? Nip19Words.TryReadPubkey(text)
        ?? throw new ProblemException(CliProblems.AgentUnknown with { Detail = $"You said \"{text}\"." });

    static JobParam Pair(string text) => text.Split('=', 2) is [{ Length: > 0 } name, var value]
        ? new(name, [value])
        : throw Wrong($"--param wants NAME=VALUE, not \"{text}\".");

    internal static ProblemException Wrong(string detail) => new(CliProblems.WrongArgument with { Detail = detail });

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
