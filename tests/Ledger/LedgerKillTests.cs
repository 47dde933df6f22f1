using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Server;
using PoA.Nostr.Server.Verbs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>
/// Kill −9 of PostgreSQL before and after each thing that the ledger says to it, while others are at work, fsync on.
/// Whoever was cut off does not know what was done, and does the same again. In the end everything was done once.
/// </summary>
[Suite("slice")]
public sealed class LedgerKillTests : IAsyncLifetime
{
    const int Workers = 4;
    static readonly string[] Words = ["ledger.post", "ledger.set_aside", "ledger.capture", "ledger.let_go", "COMMIT"];
    static readonly Msat Price = new(21_000);

    readonly string _folder = Directory.CreateTempSubdirectory("poa-ledger-kill-").FullName;
    readonly SortedDictionary<string, int> _kills = new(StringComparer.Ordinal);
    readonly ModelBooks _model = new();
    readonly Lock _modelLock = new();
    EmbeddedPostgres _postgres = null!;
    PostgresProxy _proxy = null!;
    NpgsqlDataSource _db = null!;
    int _jobs;
    int _retries;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(
            _folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        _postgres = await EmbeddedPostgres.StartAsync(_folder, settings: null, Ct);
        await using (var owner = NpgsqlDataSource.Create(_postgres.ConnectionString))
        {
            await Migrator.RunAsync(owner, Floors.WithSchema, Ct);
            await ServiceRole.AllowAsync(owner, ServiceRole.Name, Floors.Guarded, Ct);
        }

        _proxy = new(_postgres.Place.Socket);
        _db = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_postgres.ServiceConnectionString)
        {
            Host = "127.0.0.1",
            Port = _proxy.Port,
            MaxAutoPrepare = 0,
            Timeout = 5,
            CommandTimeout = 20,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        await _proxy.DisposeAsync();
        await _postgres.StopAsync(default);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task Wherever_the_database_is_killed_everything_is_done_once() => StormAsync(rounds: 2);

    [Fact(Explicit = true)]
    public Task Wherever_the_database_is_killed_everything_is_done_once_many_times() => StormAsync(rounds: 52);

    async Task StormAsync(int rounds)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var workers = Enumerable.Range(0, Workers).Select(_ => WorkAsync(over.Token)).ToList();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var word in Words)
            {
                foreach (var after in new[] { false, true })
                {
                    var caught = _proxy.CatchAsync(word, after);
                    Assert.Same(caught, await Task.WhenAny([caught, .. workers]));
                    await KillAsync($"{(after ? "after" : "before")} {word}");
                }
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(workers);
        foreach (var (place, kills) in _kills) Console.WriteLine($"killed {kills} times: {place}");
        Console.WriteLine($"{_jobs} jobs, {_retries} deeds done again");
        Assert.Equal(Words.Length * 2, _kills.Count(place => place.Value >= rounds));
        await CompareAsync();
    }

    async Task KillAsync(string place)
    {
        Daemon.Kill(_postgres.Pid);
        _kills[place] = _kills.GetValueOrDefault(place) + 1;
        NpgsqlConnection.ClearAllPools();
        _postgres = await EmbeddedPostgres.StartAsync(_folder, settings: null, Ct);
    }

    /// <summary>Job after job, to its end: a job that was begun is finished.</summary>
    async Task WorkAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var job = $"job{Interlocked.Increment(ref _jobs)}";
            foreach (var (real, model) in DeedsOf(job))
            {
                await UntilDoneAsync(real);
                lock (_modelLock) Assert.Null(model());
            }
        }
    }

    /// <summary>Nobody who was cut off knows more than that: they do it again, under the same ids.</summary>
    async Task UntilDoneAsync(Func<NpgsqlTransaction, Task> deed)
    {
        while (true)
        {
            try
            {
                await _db.InTransactionAsync(deed, Ct);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(20, Ct);
            }
        }
    }

    /// <summary>Funded, settled with a fee or refunded; the payee then spends a part of it in two phases.</summary>
    static IEnumerable<(Func<NpgsqlTransaction, Task> Real, Func<ModelBooks, string?> Model)> Deeds(string job)
    {
        var (customer, escrow, agent) = ($"balance:of-{job}", AccountCode.Escrow(job), "balance:agent");
        var isRefunded = job[^1] is '3' or '7';
        yield return Posting(Move("deposit", "rail:cashu:mint", customer, Price));
        yield return Posting(Move("fund", customer, escrow, Price));
        yield return isRefunded
            ? Posting(Move("refund", escrow, customer, Price))
            : Posting(Move("settle", escrow, agent, new(20_000)), Move("fee", escrow, AccountCode.Fees, new(1_000)));
        var hold = new Hold(Uuid5.Of("hold", job), isRefunded ? customer : agent, new(9_000), job, Far, []);
        yield return (tx => Holds.HoldAsync(tx, hold, Ct), model => model.Hold(hold));
        var capture = new Capture(hold.Id, Uuid5.Of("capture", job), "rail:cashu:mint", new(7_000), "withdraw", job);
        yield return isRefunded
            ? (tx => Holds.ReleaseAsync(tx, hold.Id, Ct), model => model.Release(hold.Id))
            : (tx => Holds.CaptureAsync(tx, capture, DateTimeOffset.UnixEpoch, Ct),
                model => model.Capture(capture, DateTimeOffset.UnixEpoch));

        Transfer Move(string kind, string from, string to, Msat amount) =>
            new(Uuid5.Of(kind, job), from, to, amount, kind, job);
    }

    IEnumerable<(Func<NpgsqlTransaction, Task> Real, Func<string?> Model)> DeedsOf(string job) =>
        Deeds(job).Select(deed => (deed.Real, new Func<string?>(() => deed.Model(_model))));

    static (Func<NpgsqlTransaction, Task>, Func<ModelBooks, string?>) Posting(params Transfer[] set) =>
        (tx => Books.PostAsync(tx, set, Ct), model => model.Post(set));

    /// <summary>As the model has it, account by account, and the audit is clean.</summary>
    async Task CompareAsync()
    {
        foreach (var (account, balance) in _model.Balances)
        {
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"{account} {balance}"),
                $"{account} {(await Books.BalanceAsync(_db, account, Ct)).Value}");
        }

        Assert.Null(_model.Broken());
        Assert.Equal(_model.Posted.Count, await _db.OneAsync<long>("select count(*) from ledger.transfer", null, Ct));
        var report = await new AuditBooks(_db, [], TimeProvider.System).RunAsync(Ct);
        Assert.True(report.Books.All(check => check.Broken == 0), AuditVerb.Describe(report));
    }

    static DateTimeOffset Far => DateTimeOffset.UnixEpoch.AddYears(100);
}
