using System.Diagnostics;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Server.Verbs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Kill −9 of the service around every transaction that moves money and around every request to a mint, in bad
/// weather. After each kill the books balance and the wallet has what they say; in the end every job, refund, payout
/// and invoice has ended, and every coin that the mint knows is ours or was given to somebody.
/// </summary>
[Suite("whole")]
public sealed class PaidKillTests : IAsyncLifetime
{
    const int KillsOfPart = 60;
    static readonly TimeSpan AnotherAfter = TimeSpan.FromSeconds(3);
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(5);

    readonly SortedDictionary<string, int> _landed = new(StringComparer.Ordinal);
    Support.Poa _poa = null!;
    DevnetMint _mint = null!;
    MintGate _gate = null!;
    PayingCustomers _customers = null!;
    StopPoints _points = null!;
    int _kills;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _mint = await Mints.StartAsync();
        _gate = new(_mint.Url, NameAsync, new("weather"));
        await _gate.StartAsync();
        _poa = new()
        {
            // What a dead process held is taken up sooner than by default, or the test would only wait.
            Settings =
            {
                ["Market__Prices__5001"] = "21", ["Market__Lease"] = "00:00:02",
                ["RelayWorkers__Lease"] = "00:00:02", ["Cashu__Mints__0"] = _gate.Url,
                ["Cashu__AnswerTimeMax"] = "00:00:02", ["Cashu__DoubtTime"] = "00:00:15",
                ["Fetch__AllowedEndpoints__90"] = new Uri(_mint.Url).Authority,
            },
        };
        await _poa.InitializeAsync();
        _points = new(_poa.Db, PaidPlaces.Commits, atCommit: true);
        await _points.SetAsync();
        _customers = new(_poa, _mint, _gate);
        await _customers.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _customers.DisposeAsync();
        await _poa.DisposeAsync();
        await _gate.DisposeAsync();
        await _mint.DisposeAsync();
    }

    [Fact]
    public Task Wherever_the_service_is_killed_no_sat_is_lost_and_every_job_ends() => StormAsync(kills: 0);

    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public async Task Killed_five_hundred_times_no_sat_is_lost_and_every_job_ends(int part)
    {
        await StormAsync(KillsOfPart);
        Console.WriteLine($"part {part} of 9");
    }

    /// <summary>So many kills, and at least one at every place.</summary>
    async Task StormAsync(int kills)
    {
        var watch = Stopwatch.StartNew();
        _gate.IsStormy = true;
        while (Pick(kills) is { Count: > 0 } places) await KillAsync(places);

        var storm = watch.Elapsed;
        _gate.Calm();
        await _poa.UpAsync();
        await _customers.SettleAsync();
        await EndAsync();
        await CheckAsync();
        foreach (var (place, times) in _landed) Console.WriteLine($"killed {times} times: {place}");
        Console.WriteLine(
            $"{_kills} kills of the service at {_landed.Values.Sum()} places in {storm.TotalSeconds:0} s, "
            + $"{_gate.Faults} faults of the network; all had ended {(watch.Elapsed - storm).TotalSeconds:0} s later");
    }

    /// <summary>
    /// Of each lane the place that was met least; one request at most, for whoever asks waits only so long.
    /// </summary>
    List<PaidPlace> Pick(int kills)
    {
        List<PaidPlace> picked = [];
        foreach (var lane in PaidPlaces.Lanes)
        {
            var next = lane.Where(place => _kills < kills || Times(place) == 0).OrderBy(Times).FirstOrDefault(place =>
                (place.Request is null || picked.TrueForAll(other => other.Request is null))
                && !picked.Exists(other => (other.HoldsCounters && place.NeedsCounters)
                    || (place.HoldsCounters && other.NeedsCounters)));
            if (next is not null) picked.Add(next);
        }

        return picked;
    }

    /// <summary>
    /// Kills the service while somebody stands at each of these places. A transaction there is undone, or committed
    /// with nobody to hear of it; a request is lost, or arrives after the kill, or its answer is not heard.
    /// </summary>
    async Task KillAsync(List<PaidPlace> places)
    {
        var ways = places.ToDictionary(place => place, Way);
        List<(PaidPlace Place, StopPoints.Held Held)> stands = [];
        foreach (var place in places.Where(place => place.Request is null))
        {
            stands.Add((place, await _points.HoldAsync(place.Name)));
        }

        if (_poa.Pid("server") is null) _poa.StartAgain();
        foreach (var (place, held) in stands) await ReachAsync(place, held.ReachedAsync());
        var asking = places.Find(place => place.Request is not null);
        var request = asking is null ? null : await AskAsync(asking, isServed: ways[asking] == 2);

        var isThere = request is { IsLeft: false };
        await _poa.KillAsync("server");
        _kills++;
        foreach (var (place, held) in stands)
        {
            if (ways[place] == 0) await held.UndoAsync();
            await held.DisposeAsync();
            Land(place);
        }

        if (request is not null)
        {
            request.Pass(arrives: ways[asking!] == 1 && isThere);
            await request.GoneAsync();
            if (isThere) Land(asking!);
        }

        await AuditAsync();
    }

    async Task<HeldRequest> AskAsync(PaidPlace asking, bool isServed)
    {
        if (asking.Lost is { } lost) _gate.Lose(lost.Name, lost.Served);
        var held = _gate.Hold(asking.Request!, isServed);
        await ReachAsync(asking, held.ReachedAsync());
        return held;
    }

    /// <summary>In bad weather a payment may come to nothing: then somebody else tries.</summary>
    async Task ReachAsync(PaidPlace place, Task reached)
    {
        do
        {
            // A start that met somebody who stands in its way has ended: again, as whoever watches it would.
            if (_poa.Pid("server") is null) _poa.StartAgain();
            await _customers.DoAsync(place.Deed);
        }
        while (await Task.WhenAny(reached, Task.Delay(AnotherAfter, Ct)) != reached);

        if (reached.IsCompletedSuccessfully) return;
        var waiting = await _poa.Db.ManyAsync<string>(SelectBlocked, null, Ct);
        Assert.Fail($"Nobody came to \"{place.Name}\":\n{string.Join('\n', waiting)}\n{_poa.LogTail()}");
    }

    /// <summary>The books balance and the wallet has what they say: at any moment, whatever is under way.</summary>
    async Task AuditAsync()
    {
        var report = await new AuditBooks(_poa.Db, [new CashuAudit()], TimeProvider.System).RunAsync(Ct);
        Assert.True(report.Balanced, $"After {_kills} kills:\n{AuditVerb.Describe(report)}");
    }

    /// <summary>Waits until nothing is open. What waits for its next try only to spare others need not.</summary>
    async Task EndAsync()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(EndsWithin);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        List<string> open;
        do
        {
            foreach (var hurry in Hurry) await _poa.Db.RunAsync(hurry, null, Ct);
            open = await _poa.Db.ManyAsync<string>(SelectOpen, new { _customers.Jobs }, Ct);
            // An invoice that is paid is credited when it is looked at next: no row says so before.
            var saved = await BalanceAsync(AccountCode.Balance(_customers.Saver));
            if (saved != PaidIn) open.Add($"{saved} of {PaidIn} msat are credited");
        }
        while (open.Count > 0 && !late.IsCancellationRequested && await tick.WaitForNextTickAsync(Ct));
        Assert.True(open.Count == 0, string.Join('\n', open));
    }

    async Task CheckAsync()
    {
        await AuditAsync();
        var (code, said) = await Support.Poa.RunAsync("audit", "--data", _poa.Data);
        Assert.True(code == 0, said);

        // Every coin is known: ours, or in a token that was given to somebody.
        var known = await _poa.Db.OneAsync<long>(
            "select coalesce(sum(amount_sat), 0)::bigint from payments.ecash_proof where state in ('live', 'given')",
            null, Ct);
        Assert.Equal((long)_mint.OutstandingSat, known);
        var (tokens, owed) = await _poa.Db.OneAsync<(long, long)>(SelectTokens, null, Ct);
        Assert.Equal(tokens, owed);

        // Nobody has more or less than what happened to their jobs, payouts and invoices.
        var jobs = await _poa.Db.ManyAsync<(string Id, string Status, bool FromBalance)>(
            SelectEnds, new { _customers.Jobs, _customers.Spender }, Ct);
        Assert.Equal(_customers.Jobs.Length, jobs.Count);
        var settled = jobs.Count(job => job.Status == "settled");
        Assert.Equal(settled * 1_000, await BalanceAsync(AccountCode.Fees));
        Assert.Equal(
            await DepositAsync(_customers.Spender)
                - (jobs.Count(job => job is { Status: "settled", FromBalance: true }) * PayingCustomers.PriceMsat),
            await BalanceAsync(AccountCode.Balance(_customers.Spender)));
        Assert.Equal(PaidIn, await BalanceAsync(AccountCode.Balance(_customers.Saver)));
        var payouts = await _poa.Db.ManyAsync<(Guid Id, string State, string? Invoice)>(
            "select id, state, invoice from market.payout", null, Ct);
        Assert.DoesNotContain(payouts, payout => (payout.State == "paid") != HasArrived(payout.Invoice));
        Assert.Equal(
            await _poa.Db.OneAsync<long>(
                "select coalesce(sum(amount_msat), 0)::bigint from market.payout where state = 'paid'", null, Ct),
            (long)_mint.Network.ReceivedMsat($"address:{_customers.Payee}"));
    }

    bool HasArrived(string? invoice) => invoice is not null && _mint.Network.Find(invoice) is { PaidMsat: > 0 };

    long PaidIn => _customers.PaidInSat * 1_000;

    async Task<long> BalanceAsync(string code) => (await Books.BalanceAsync(_poa.Db, code, Ct)).Value;

    Task<long> DepositAsync(string key) => _poa.Db.OneAsync<long>(
        "select coalesce(sum(amount_msat), 0)::bigint from market.payment where purpose = 'balance:' || @key",
        new { key }, Ct);

    /// <summary>Swaps go by what they are for: the log has each request before it is sent.</summary>
    async Task<string> NameAsync(string method, string path, byte[] body)
    {
        var name = $"{method} {path.Split("/bolt11")[0]}";
        // Each start asks what was signed ahead of its counters, for hundreds of outputs: no operation's question.
        if (path == "/v1/restore" && body.Length > 20_000) return $"{name} ahead";
        return path != "/v1/swap"
            ? name
            : $"{name} of " + await _poa.Db.OneAsync<string>(
                "select kind from payments.ecash_op where request = @body", new { body }, default);
    }

    int Times(PaidPlace place) => _landed.GetValueOrDefault(place.Name);

    int Way(PaidPlace place) => (Times(place) + _kills) % place.Ways;

    void Land(PaidPlace place) => _landed[place.Name] = Times(place) + 1;

    static readonly string[] Hurry =
    [
        "update market.refund set due_at = now() where state = 'pending'",
        "update market.payout set due_at = now() where state in ('requested', 'dispatched')",
        "update payments.ecash_op set next_at = now() where ended_at is null",
    ];

    /// <summary>Who stands in whose way.</summary>
    const string SelectBlocked = """
        select pid || ' waits for ' || pg_blocking_pids(pid)::text || ': ' || left(query, 200)
          from pg_stat_activity
         where cardinality(pg_blocking_pids(pid)) > 0
        """;

    const string SelectOpen = """
        select 'job ' || id || ' ' || status || ' ' || coalesce(problem_code, '')
          from market.job
         where id = any(@Jobs)
           and status not in ('rejected', 'settled', 'refunded', 'split', 'expired')
        union all
        select 'job ' || id || ' is not there'
          from unnest(@Jobs) as asked (id) where not exists (select from market.job where job.id = asked.id)
        union all
        select kind || ' ' || id || ' ' || state || ' ' || details
          from payments.ecash_op where state in ('open', 'lost')
        union all
        select 'refund ' || id || ' ' || state || ' ' || coalesce(last_error, '')
          from market.refund where state in ('pending', 'failed')
        union all
        select 'payout ' || id || ' ' || state || ' ' || coalesce(last_error, '')
          from market.payout where state in ('requested', 'dispatched')
        """;

    const string SelectTokens = """
        select coalesce((select sum(amount_sat) from payments.ecash_proof where state = 'given'), 0)::bigint,
               coalesce((select sum(amount_msat / 1000) from market.refund where token is not null), 0)::bigint
        """;

    const string SelectEnds = """
        select id, status, customer = @Spender from market.job where id = any(@Jobs)
        """;
}
