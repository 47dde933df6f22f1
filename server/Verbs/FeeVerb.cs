using System.CommandLine;
using System.Globalization;
using Npgsql;
using PoA.Nostr.Market.Escrow;

namespace PoA.Nostr.Server.Verbs;

/// <summary><c>./poa fee ACCOUNT BPS</c>: what an account pays of each settlement from its next job on.</summary>
static class FeeVerb
{
    const string Standard = "standard";

    static readonly Argument<string> Account = new("account")
    {
        Description = "Whose agents: an npub, or 64 hex digits.",
    };

    static readonly Argument<string> Rate = new("bps")
    {
        Description = "Hundredths of a percent, 0 to 10000; \"standard\" is what everybody pays.",
    };

    public static Command Create()
    {
        var verb = new Command("fee", "Set what an account pays of each settlement, from its next job on.")
        {
            Account,
            Rate,
            Verb.Data,
        };
        verb.SetAction(async (parsed, ct) =>
        {
            var rate = parsed.GetValue(Rate)!;
            var account = Nip19Words.TryReadPubkey(parsed.GetValue(Account)!)
                ?? throw new ProblemException(
                    EscrowProblems.KeyMalformed with { Detail = "An npub is one, too." });
            await using var db = NpgsqlDataSource.Create(Verb.Connection(parsed));
            await FeeRates.SetAsync(db, account, rate == Standard ? null : Bps(rate), ct);
            Console.WriteLine(rate == Standard
                ? $"{account} pays what everybody pays, from the next job on."
                : $"{account} pays {Bps(rate) / 100m} % of each settlement, from the next job on.");
            return 0;
        });
        return verb;
    }

    /// <summary>What is no number is out of range.</summary>
    static int Bps(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bps) ? bps : -1;
}
