using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// One seed: customers who pay rightly, late, twice, too little or with a token that they spend elsewhere; a service
/// that dies; a network that loses, delays and repeats. Then the trouble stops, and everything must come to its end.
/// </summary>
sealed class Storm
{
    const int Jobs = 6;
    static readonly TimeSpan Trouble = TimeSpan.FromHours(2);
    static readonly TimeSpan Calm = TimeSpan.FromHours(12);

    readonly SimulatedMint _mint = new();
    readonly SimulatedStore _store;
    readonly Scheduler _scheduler;
    readonly SimulatedNetwork _network;
    readonly List<Guid> _customersOwn = [];
    Life _life = new();
    SimulatedService _service;
    long _checked;

    public Storm(string seed, PlantedFault fault = PlantedFault.None)
    {
        _store = new(fault);
        _scheduler = new(seed);
        _network = new(_scheduler, _mint) { Trouble = _scheduler.Dice.Unit() };
        _service = new(_scheduler, _network, _store, _life);
    }

    public int Crashes { get; private set; }

    public int Faults => _network.Faults;

    public IEnumerable<JobStatus> Ends => _store.Jobs.Values.Select(job => job.Status);

    public void Run()
    {
        Deposit();
        _service.Start();
        for (var n = 0; n < Jobs; n++) StartCustomer(n);
        _scheduler.Start(ChainAsync);
        _scheduler.Start(CrashAsync);
        var end = _scheduler.Now + Trouble;
        _scheduler.RunUntil(end, Check);
        _network.Trouble = 0;
        _scheduler.RunUntil(end + Calm, Check);
        CheckEnd();
    }

    /// <summary>A float of ours, and balances of two customers.</summary>
    void Deposit()
    {
        foreach (var (n, code) in new[] { AccountCode.Treasury, AccountCode.Balance("c0"), AccountCode.Balance("c1") }
            .Index())
        {
            var proof = _mint.Issue(Uuid5.Of("deposit", $"{n}"), 500);
            _store.Proofs.Add(proof.Id, (proof, null));
            _store.Post(new Transfer(
                Uuid5.Of("deposit", $"{n}"), SimulatedStore.Rail, code, Msat.FromSat(500), "deposit", $"{n}"));
        }
    }

    void StartCustomer(int n)
    {
        var dice = _scheduler.Dice;
        var price = dice.Chance(0.2) ? new Msat(1_000 + dice.Below(90_000)) : Msat.FromSat(1 + dice.Below(100));
        var job = new Job(
            $"job{n}", "simulated", 5_001, "agent", $"c{n % 3}", false, "", price, JobStatus.Quoted, 1)
        {
            ReceivedAt = _scheduler.Now,
            PayBy = _scheduler.Now + TimeSpan.FromMinutes(15),
            Terms = new(
                "ledger", "owner", dice.Pick([0, 300, 500, 10_000]), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
                TimeSpan.FromHours(1),
                dice.Pick([DisputeOutcome.Refund, DisputeOutcome.Settle, DisputeOutcome.Split])),
        };
        _store.Jobs.Add(job.Id, job);
        if (dice.Chance(0.1)) _store.Hanging.Add(job.Id);
        _scheduler.Start(() => BuyAsync(job));
    }

    /// <summary>Messages go to whichever process lives when they arrive, and sometimes arrive twice.</summary>
    async Task BuyAsync(Job job)
    {
        var dice = _scheduler.Dice;
        for (var payments = dice.Chance(0.15) ? 2 : 1; payments > 0; payments--)
        {
            await Wait(dice.Chance(0.2) ? 30 : 5);
            if (dice.Chance(0.2))
            {
                Tell(service => service.PayFromBalanceAsync(job.Id));
                continue;
            }

            var sats = ((job.Price.Value + 999) / 1_000) + SimulatedMint.SwapFee + dice.Pick([0, 0, 0, 0, 3, -1]);
            var token = Token(job, sats, payments);
            Tell(service => service.ReceiveAsync(job.Id, token));
            if (!dice.Chance(0.1)) continue;

            await Wait(1);
            SimulatedProof mine = new(Uuid5.Of("mine", $"{token[0].Id}"), token[0].Amount - SimulatedMint.SwapFee);
            _customersOwn.Add(mine.Id);
            _mint.Swap([token[0]], [mine]);
        }

        await Wait(25);
        if (dice.Chance(0.4)) Tell(service => service.AcceptAsync(job.Id, job.Customer));
        if (dice.Chance(0.3)) Tell(service => service.DisputeAsync(job.Id));
    }

    SimulatedProof[] Token(Job job, long sats, int payment)
    {
        var first = Math.Max(1, sats / 3);
        return
        [
            .. new[] { first, sats - first }.Where(amount => amount > 0).Select((amount, i) =>
            {
                var id = Uuid5.Of("paid", $"{job.Id} {payment} {i}");
                _customersOwn.Add(id);
                return _mint.Issue(id, amount);
            }),
        ];
    }

    void Tell(Func<SimulatedService, Task> message)
    {
        var copies = _scheduler.Dice.Chance(0.3 * _network.Trouble) ? 3 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            _scheduler.Later(
                TimeSpan.FromMinutes(2) * _scheduler.Dice.Unit(), _scheduler.World,
                () =>
                {
                    var service = _service;
                    _scheduler.Start(() => message(service));
                });
        }
    }

    async Task CrashAsync()
    {
        while (_network.Trouble > 0)
        {
            await Wait(12);
            if (_network.Trouble == 0) break;

            _life.End();
            Crashes++;
            _life = new();
            _service = new(_scheduler, _network, _store, _life);
            _service.Start();
        }
    }

    async Task ChainAsync()
    {
        for (var block = 0; block < 400; block++)
        {
            await Wait(10);
            _network.Advance();
        }
    }

    async Task Wait(int minutes) => await _scheduler.Upto(TimeSpan.FromMinutes(minutes), _scheduler.World);

    /// <summary>After every turn in which something was committed.</summary>
    void Check()
    {
        if (_checked == _store.Transactions) return;

        _checked = _store.Transactions;
        if (_store.Broken() is { } broken) throw new InvalidOperationException(broken);
    }

    void CheckEnd()
    {
        Check();
        Assert.All(_store.Jobs.Values, job => Assert.True(job.Status.IsTerminal(), $"{job.Id} stays {job.Status}"));
        Assert.All(_store.Operations.Values, one => Assert.True(one.State != "open", $"{one.Kind} of {one.Subject}"));
        Assert.All(_store.Refunds.Values, one => Assert.True(one.State is "ready" or "collected", $"{one}"));
        Assert.All(
            _store.Books.Balances.Where(pair => pair.Key.StartsWith("escrow:", StringComparison.Ordinal)
                || pair.Key.StartsWith("refund:", StringComparison.Ordinal)),
            pair => Assert.Equal(0, pair.Value));

        // What the mint knows is ours or a customer's, and nothing is missing.
        var ours = _mint.UnspentOf(_store.Proofs.Keys);
        Assert.Equal(_store.Proofs.Values.Sum(known => known.Proof.Amount), ours);
        var theirs = _mint.UnspentOf(_customersOwn.Concat(_network.Given.Select(proof => proof.Id)).Distinct());
        Assert.Equal(_mint.Unspent, ours + theirs);
        Assert.Equal(_mint.Issued, _mint.Unspent + _mint.PaidOut + _mint.FeesTaken);
        Assert.Equal(_store.Jobs.Values.Sum(FeeDue), _store.Books.Balance(AccountCode.Fees));
    }

    /// <summary>Whole sats of what was settled, rounded down: by other arithmetic than the service's.</summary>
    static long FeeDue(Job job)
    {
        var sats = decimal.Floor(job.Price.Value / 1_000m);
        var settled = job.Status switch
        {
            JobStatus.Settled => sats,
            JobStatus.Split => decimal.Floor(sats / 2),
            _ => 0,
        };
        return (long)decimal.Floor(settled * job.Terms!.FeeBps / 10_000m) * 1_000;
    }
}
