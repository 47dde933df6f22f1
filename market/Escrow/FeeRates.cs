using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Accounts that pay another part of their settlements than everybody. They are in memory, for every job with a price
/// asks; a change is in force at once, and never for a job whose terms are written down.
/// </summary>
public sealed partial class FeeRates(NpgsqlDataSource db, Notifications notifications, ILogger<FeeRates> log)
    : BackgroundService
{
    const string Topic = "fees";

    /// <summary>For a change whose word was lost.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    FrozenDictionary<string, int> _rates = FrozenDictionary<string, int>.Empty;

    /// <summary>In hundredths of a percent; null where the account pays what everybody pays.</summary>
    public int? Of(string account) => Volatile.Read(ref _rates).TryGetValue(account, out var bps) ? bps : null;

    /// <param name="db">Where the accounts are.</param>
    /// <param name="account">Key of whoever is paid: an agent's owner.</param>
    /// <param name="bps">In hundredths of a percent; null is what everybody pays.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ProblemException">There is no such account, or no such part.</exception>
    public static async Task SetAsync(NpgsqlDataSource db, string account, int? bps, CancellationToken ct)
    {
        if (bps is < 0 or > Fees.BpsMax) throw new ProblemException(EscrowProblems.FeeOutOfRange);
        if (await db.RunAsync(Set, new { account, bps }, ct) == 0)
        {
            var owner = await db.OneAsync<string>(SelectOwner, new { account }, ct);
            throw new ProblemException(EscrowProblems.NoSuchAccount with
            {
                Detail = owner is null ? null : $"It is an agent's: its owner's account is {Nip19Words.Npub(owner)}.",
            });
        }

        await Notifications.SayAsync(db, Topic, account, ct);
    }

    /// <summary>Nobody is served before the rates are known.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changed = notifications.SignalOn(Topic);
        while (true)
        {
            await changed.WaitAsync(Interval, stoppingToken);
            try
            {
                await LoadAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                LogKept(e.Message);
            }
        }
    }

    async Task LoadAsync(CancellationToken ct) => Volatile.Write(
        ref _rates,
        (await db.ManyAsync<(string Account, int Bps)>(Select, null, ct))
            .ToFrozenDictionary(row => row.Account, row => row.Bps, StringComparer.Ordinal));

    const string Set = "update market.account set fee_bps = @bps where pubkey = @account";

    const string SelectOwner = "select owner from market.agent where pubkey = @account";

    const string Select = "select pubkey, fee_bps from market.account where fee_bps is not null";

    [LoggerMessage(LogLevel.Warning, "The fees of accounts could not be read and stay as they were: {Reason}")]
    partial void LogKept(string reason);
}
