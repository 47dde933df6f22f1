using System.Net.Http.Json;

namespace PoA.Nostr.Cli;

/// <summary>
/// How a job that costs something is paid from the command line: out of the balance, by the devnet's faucet, by a
/// person who is shown the invoice, or not at all.
/// </summary>
sealed class JobPayer
{
    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    readonly string? _faucet;
    readonly bool _waits;
    bool _isPaid;

    JobPayer(string? faucet, bool waits, bool fromBalance) =>
        (_faucet, _waits, FromBalance) = (faucet, waits, fromBalance);

    /// <summary>The request itself says where the money is.</summary>
    public bool FromBalance { get; }

    public static JobPayer Of(string? way, RunningInstance? instance) => way switch
    {
        null => new(instance is { Network: "devnet" } ? instance.Faucet : null, false, false),
        "none" => new(null, false, false),
        "wait" => new(null, true, false),
        "balance" => new(null, false, true),
        _ => throw JobCommand.Wrong($"--pay is balance, wait or none, not \"{way}\"."),
    };

    /// <summary>True when the quote is paid, or somebody is about to: the answers go on. Once per job.</summary>
    public async Task<bool> PayAsync(JobAnswer quote, CancellationToken ct)
    {
        if (_isPaid || quote.Bolt11 is not { } invoice || (_faucet is null && !_waits)) return false;

        _isPaid = true;
        if (_faucet is not null) await FromFaucetAsync(invoice, ct);
        else Console.Error.WriteLine(quote.Problem!.Sentence);
        return true;
    }

    async Task FromFaucetAsync(string invoice, CancellationToken ct)
    {
        try
        {
            using var answer = await Http.PostAsJsonAsync($"{_faucet}/pay", new { invoice }, ct);
            if (!answer.IsSuccessStatusCode)
            {
                var said = await answer.Content.ReadAsStringAsync(ct);
                throw new ProblemException(CliProblems.FaucetDry with { Detail = said });
            }
        }
        catch (HttpRequestException e)
        {
            throw new ProblemException(CliProblems.FaucetDry with { Detail = e.Message });
        }

        Console.Error.WriteLine("paid by the devnet's faucet");
    }
}
