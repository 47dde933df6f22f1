using System.Collections.Concurrent;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments;
using PoA.Nostr.Tests.Dvm;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>
/// A market that sells one kind of job for 21 sat, a customer of it, and a rail that is not there: money comes in as
/// it does from a rail whose own operation is done.
/// </summary>
sealed class PaidMarket(NpgsqlDataSource db, JobMarket market, StoredEvents relays) : IAsyncDisposable
{
    public const string Mint = "http://127.0.0.1:3338";

    public static readonly Msat Price = Msat.FromSat(21);

    public JobMarket Jobs => market;

    public Customer Customer { get; } = new();

    public ScriptedKind Kind => market.Kind;

    /// <summary>What relays have of anybody.</summary>
    public StoredEvents Relays => relays;

    public static async Task<PaidMarket> StartAsync(
        NpgsqlDataSource db, CancellationToken ct, params (string Key, string Value)[] settings)
    {
        var relays = new StoredEvents();
        return new(db, await JobMarket.StartAsync(db, new() { Cost = Price }, relays, settings, ct), relays);
    }

    /// <summary>With a wallet that holds ecash of this mint, and asks it often.</summary>
    public static Task<PaidMarket> StartAsync(
        NpgsqlDataSource db, DevnetMint mint, CancellationToken ct, params (string Key, string Value)[] settings) =>
        StartAsync(db, mint.Url, ct, settings);

    /// <summary>With one that is reached elsewhere.</summary>
    public static Task<PaidMarket> StartAsync(
        NpgsqlDataSource db, string mint, CancellationToken ct, params (string Key, string Value)[] settings) =>
        StartAsync(
            db, ct,
            [
                ("Cashu:Mints:0", mint), ("Cashu:Seed", new('5', 128)), ("Cashu:PollInterval", "00:00:00.100"),
                ("Cashu:DoubtTime", "00:00:01"),
                ("Escrow:PublicUrl", "http://127.0.0.1:1"), .. settings,
            ]);

    public ValueTask DisposeAsync() => market.DisposeAsync();

    /// <summary>What the customer gets next, whatever it is.</summary>
    public Task<NostrEvent> AnswerAsync(NostrEvent request, CancellationToken ct) => market.AnswerAsync(request, ct);

    /// <summary>Sends the request; the first answer to it.</summary>
    public async Task<NostrEvent> AskAsync(NostrEvent request, CancellationToken ct)
    {
        await market.ReceiveAsync(request, ct);
        return await AnswerAsync(request, ct);
    }

    public NostrEvent Request(params string[][] tags) => Customer.Ask(market.Agent, "hello", tags);

    public NostrEvent FromBalance() => Request(["bid", "21000"], ["pay", "balance"]);

    public Task DepositAsync(long sat, CancellationToken ct) =>
        PayAsync(new(DepositBalance.BalancePurpose, Customer.Signer.Pubkey), Msat.FromSat(sat), ct);

    public Task PayAsync(NostrEvent request, long sat, CancellationToken ct) =>
        PayAsync(new(QuoteWays.JobPurpose, request.Id), Msat.FromSat(sat), ct);

    public Task PayAsync(PaymentPurpose purpose, Msat amount, CancellationToken ct) =>
        PayAsync(new(Guid.NewGuid(), purpose, AccountCode.Mint(Mint), amount, "bolt11", $"{Guid.NewGuid()}"), ct);

    public Task PayAsync(ReceivedPayment payment, CancellationToken ct)
    {
        var receiver = market.All<IPaymentReceiver>().Single(one => one.Word == payment.Purpose.Word);
        return db.InTransactionAsync(tx => receiver.ReceiveAsync(tx, payment, ct), ct);
    }

    /// <summary>Kind 7 about an answer of ours.</summary>
    public Task ReactAsync(NostrEvent answer, string content, CancellationToken ct, Customer? who = null) =>
        market.ReceiveAsync(
            (who ?? Customer).Sign(7, content, [["e", answer.Id], ["p", answer.Pubkey], ["k", $"{answer.Kind}"]]), ct);

    public async Task<JobStatus> StatusAsync(NostrEvent request, CancellationToken ct) =>
        (await market.Get<ReadJob>().FindAsync(request.Id, ct))!.Status;

    public Task<Msat> BalanceAsync(string account, CancellationToken ct) => Books.BalanceAsync(db, account, ct);

    public Task<Msat> CustomerHasAsync(CancellationToken ct) =>
        BalanceAsync(AccountCode.Balance(Customer.Signer.Pubkey), ct);

    /// <summary>Over all accounts there is no money, and each escrow has what its job says.</summary>
    public async Task AssertBalancedAsync(CancellationToken ct)
    {
        Assert.Equal(0, await db.OneAsync<long>("select sum(balance_msat)::bigint from ledger.account", null, ct));
        var stuck = await db.ManyAsync<string>(
            """
            select j.id || ' ' || j.status || ' ' || a.balance_msat
              from market.job j
              join ledger.account a on a.code = 'escrow:' || j.id
             where a.balance_msat <> case
                   when j.status in ('locked', 'running', 'delivered', 'disputed') then j.price_msat else 0 end
            """,
            null, ct);
        Assert.Empty(stuck);
    }

    /// <summary>Looks again until it holds: what is awaited has no event of its own.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds()) await tick.WaitForNextTickAsync(either.Token);
    }
}

/// <summary>Relays that somebody has published to.</summary>
sealed class StoredEvents : IEventFinder
{
    readonly ConcurrentQueue<NostrEvent> _events = [];

    public void Add(NostrEvent published) => _events.Enqueue(published);

    public Task<IReadOnlyList<NostrEvent>> FindAsync(
        Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<NostrEvent>>(
            [.. _events.Where(filter.Matches).OrderByDescending(found => found.CreatedAt)]);
}
