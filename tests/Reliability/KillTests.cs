using System.Diagnostics;
using PoA.Nostr.Database;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Kill −9 of the service at every station of a job, under load. Whatever it was doing, after the next start every
/// job that the relay keeps has one answer.
/// </summary>
[Suite("whole")]
public sealed class KillTests : IAsyncLifetime
{
    /// <summary>At work, and committed but unsent: places that no trigger marks.</summary>
    const string AtWork = "running, at work";
    const string Unsent = "settled, not sent";
    const string Unmarked = "sent, not marked";

    /// <summary>Those that a free job can be found in; the others begin and end within one transaction.</summary>
    static readonly string[] States = ["running", "settled", "rejected", "failed"];

    /// <summary>Five jobs each.</summary>
    const int LoadOfRound = 8;
    const int RoundsOfLongRun = 10;

    readonly Support.Poa _poa = new()
    {
        // What a dead process held is taken up sooner than by default, or the test would only wait.
        Settings = { ["Market__Lease"] = "00:00:02", ["RelayWorkers__Lease"] = "00:00:02" },
    };

    readonly SortedDictionary<string, int> _kills = new(StringComparer.Ordinal);
    StopPoints _points = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _poa.InitializeAsync();
        _points = new(_poa.Db);
        await _points.SetAsync();
    }

    public ValueTask DisposeAsync() => _poa.DisposeAsync();

    [Fact]
    public Task Wherever_the_service_is_killed_each_job_is_answered_once() => StormAsync(1);

    [Fact(Explicit = true)]
    public Task Wherever_the_service_is_killed_each_job_is_answered_once_many_times() => StormAsync(RoundsOfLongRun);

    async Task StormAsync(int rounds)
    {
        string[] places = [.. StopPoints.All.Keys.Where(name => name != "being claimed"), AtWork, Unsent];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (index, place) in places.Index())
            {
                using var customer = new Customer(_poa.Relay.ToString());
                var undo = (round + index) % 2 == 0;
                await (place switch
                {
                    AtWork => KillAtWorkAsync(customer, undo),
                    Unsent => KillUnsentAsync(customer),
                    _ => KillAsync(place, customer, undo),
                });
                await _poa.UpAsync();
                await customer.AnsweredAsync();
                await _points.UntilAsync(StopPoints.Quiet);
                await customer.VerifyAsync();
            }
        }

        foreach (var (place, kills) in _kills) Console.WriteLine($"killed {kills} times: {place}");
        string[] wanted = [.. places, "being claimed", .. States.Select(Has)];
        Assert.All(wanted, place => Assert.True(_kills.GetValueOrDefault(place) > 0, $"No kill: {place}"));
    }

    /// <summary>Kills while somebody stands at the point: that is undone, or goes on without the service.</summary>
    async Task KillAsync(string place, Customer customer, bool undo)
    {
        await using var held = await _points.HoldAsync(place);
        await customer.PublishAsync(customer.Mixture(LoadOfRound));
        await held.ReachedAsync();
        if (place == Unmarked) await _points.UntilAsync(EveryEnd);
        await KillAsync(place);
        if (undo) await held.UndoAsync();
    }

    /// <summary>Kills while jobs are at work, and the next process again while it takes them over.</summary>
    async Task KillAtWorkAsync(Customer customer, bool undo)
    {
        await using var claiming = await _points.HoldAsync("being claimed");
        await using (var working = await _points.HoldWorkAsync())
        {
            await customer.PublishAsync(customer.Mixture(LoadOfRound));
            await working.ReachedAsync();
            await _points.UntilAsync("exists (select from market.job where status = 'running')");
            await KillAsync(AtWork);
            await working.UndoAsync();
        }

        await _poa.UpAsync();
        await claiming.ReachedAsync();
        await KillAsync("being claimed");
        if (undo) await claiming.UndoAsync();
    }

    /// <summary>Kills when answers are committed and the relay, which stands still, has not seen them.</summary>
    async Task KillUnsentAsync(Customer customer)
    {
        await using (var held = await _points.HoldAsync("being settled"))
        {
            await customer.PublishAsync(customer.Mixture(LoadOfRound));
            await held.ReachedAsync();
            await SignalDevnetAsync("-STOP");
        }

        await _points.UntilAsync(
            """
            exists (select from relay_workers.outbox where done_at is null and ok_relays = '{}' and role = 'jobs')
                and exists (
                    select from market.job where status = 'settled' and changed_at > now() - interval '1 minute')
            """);
        await KillAsync(Unsent);
        await SignalDevnetAsync("-CONT");
    }

    async Task KillAsync(string place)
    {
        var states = await _poa.Db.ManyAsync<string>(StatesInWork, null, Ct);
        await _poa.KillAsync("server");
        foreach (var landed in states.Select(Has).Append(place))
        {
            _kills[landed] = _kills.GetValueOrDefault(landed) + 1;
        }
    }

    async Task SignalDevnetAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_poa.Pid("devnet")}"]);
        await kill.WaitForExitAsync(Ct);
    }

    static string Has(string status) => $"(a job {status}, its answer not known to be sent)";

    /// <summary>The states of jobs whose last word is not marked as sent.</summary>
    const string StatesInWork = """
        select distinct status
          from market.job j
         where status = 'running'
            or exists (
                select from relay_workers.outbox o
                 where o.done_at is null and position('"' || j.id || '"' in o.event_json) > 0)
        """;

    /// <summary>Answers of every end are unmarked: true before long where nobody can mark them.</summary>
    const string EveryEnd = $"""
        (select count(*) = 3 from ({StatesInWork}) s where status in ('settled', 'rejected', 'failed'))
        """;
}
