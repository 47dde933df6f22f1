using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Fetch;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Support;
using DevnetMint = PoA.Nostr.Devnet.Mint.DevnetMint;
using MintOptions = PoA.Nostr.Devnet.Mint.MintOptions;

namespace PoA.Nostr.Tests.Payments.Cashu;

/// <summary>A wallet on a real database, a mint, and the network in between. Crashes and time are the test's.</summary>
sealed class CashuHouse : IAsyncDisposable
{
    /// <summary>Longer than any lease and any doubt.</summary>
    static readonly TimeSpan LongWhile = TimeSpan.FromHours(1);

    readonly Postgres _postgres;
    readonly bool _ownsMint = true;
    readonly string _seed = Convert.ToHexStringLower([.. Guid.NewGuid().ToByteArray(), .. new byte[48]]);
    readonly List<string> _foreign = [];
    ServiceProvider _services = null!;

    CashuHouse(Postgres postgres, DevnetMint? mint, MintProxy proxy, ManualClock clock) =>
        (_postgres, Mint, Proxy, Clock) = (postgres, mint!, proxy, clock);

    CashuHouse(Postgres postgres, CashuHouse other)
        : this(postgres, other.Mint, other.Proxy, other.Clock) => (_seed, _ownsMint) = (other._seed, false);

    /// <summary>Null where it is somebody else's.</summary>
    public DevnetMint Mint { get; }

    public MintProxy Proxy { get; }

    public ManualClock Clock { get; }

    /// <summary>As its tokens name it.</summary>
    public string Url => Proxy.Url;

    public CashuWallet Wallet => _services.GetRequiredService<CashuWallet>();

    public RecordingReceiver Receiver { get; } = new();

    public NpgsqlDataSource Db => _postgres.Db;

    public string RailAccount => AccountCode.Mint(Url);

    /// <summary>What the operator says about proofs without DLEQ. Holds from the next start on.</summary>
    public bool RequireDleq { get; set; }

    public static async Task<CashuHouse> OpenAsync(Postgres postgres, MintOptions? options = null)
    {
        var mint = await Mints.StartAsync(options ?? new());
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        var house = new CashuHouse(postgres, mint, await MintProxy.StartAsync(mint.Url), clock);
        house.Build();
        // As the service does when it starts.
        await house.Get<UnusedCounters>().ActiveAsync(house.Url, Ct);
        return house;
    }

    /// <summary>With somebody else's mint.</summary>
    public static async Task<CashuHouse> OpenAtAsync(Postgres postgres, string mint)
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        var house = new CashuHouse(postgres, null, await MintProxy.StartAsync(CashuToken.MintUrl(mint)), clock);
        house.Build();
        return house;
    }

    /// <summary>The same seed and the same mint with a database that knows nothing.</summary>
    public CashuHouse OnAnotherDatabase(Postgres postgres)
    {
        var house = new CashuHouse(postgres, this);
        house.Build();
        return house;
    }

    /// <summary>From now on tokens of this mint are taken too, through the network that goes wrong.</summary>
    public async Task TakeForeignAsync(MintProxy proxy)
    {
        _foreign.Add(new Uri(proxy.Url).Authority);
        await _services.DisposeAsync();
        Build();
    }

    /// <summary>The process dies and another begins, after its predecessor's leases have run out.</summary>
    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        Build();
        Clock.Advance(LongWhile);
    }

    /// <summary>Carries on whatever is due, again and again with time in between.</summary>
    public async Task RecoverAsync(int rounds = 4)
    {
        var log = _services.GetRequiredService<OperationLog>();
        var runner = ActivatorUtilities.CreateInstance<RunOperations>(_services);
        for (var round = 0; round < rounds; round++)
        {
            Clock.Advance(LongWhile);
            foreach (var op in await log.ClaimDueAsync(100, Ct))
            {
                if (op.Mint == Url || _foreign.Contains(new Uri(op.Mint).Authority)) await runner.RunAsync(op, Ct);
            }
        }
    }

    /// <summary>A token of the faucet's, as if the wallet's customer had it.</summary>
    public CashuToken Token(long sat) => CashuToken.Parse(Mint.Token(sat)) with { Mint = Url };

    public TokenPayment Payment(CashuToken token, SecretKey? key = null) =>
        new(Guid.NewGuid(), new(Receiver.Word, Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())), "cashu", token)
        {
            Key = key,
        };

    /// <summary>Puts this much into an account by way of a token.</summary>
    public async Task<string> FundAsync(long sat)
    {
        var payment = Payment(Token(sat));
        Assert.IsType<ReceiveOutcome.Received>(await Wallet.ReceiveAsync(payment, Ct));
        return RecordingReceiver.AccountOf(payment.Purpose);
    }

    public Task<Msat> BalanceAsync(string account) => Books.BalanceAsync(Db, account, Ct);

    public async Task<Operation> OperationAsync(Guid id) =>
        (await _services.GetRequiredService<OperationLog>().ReadAsync(id, Ct))!;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>
    /// What must hold whatever happened: the wallet's proofs and what is under way are what the books say, and the mint
    /// calls each of them unspent.
    /// </summary>
    public async Task AssertBalancedAsync(bool atTheMint = true)
    {
        var assets = await Db.OneAsync<long>(SelectAssets, new { mint = Url }, Ct);
        Assert.Equal(-(await BalanceAsync(RailAccount)).Value, assets * 1_000);
        Assert.Equal(0, await Db.OneAsync<long>(
            "select coalesce(sum(balance_msat), 0)::bigint from ledger.account", null, Ct));
        if (!atTheMint) return;

        var live = await Db.ManyAsync<string>(
            "select y from payments.ecash_proof where mint = @mint and state = 'live'", new { mint = Url }, Ct);
        foreach (var ys in live.Chunk(100))
        {
            var answer = await Get<Exchange>().AskAsync(
                Url, "/v1/checkstate", new CheckStateRequest(ys), CashuJson.Default.CheckStateRequest, Ct);
            Assert.All(
                Exchange.Read(answer!, CashuJson.Default.CheckStateReply)!.States!,
                state => Assert.Equal("UNSPENT", state.State));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (!_ownsMint) return;

        await Proxy.DisposeAsync();
        if (Mint is not null) await Mint.DisposeAsync();
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    void Build() => _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton(Db)
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton<IPaymentReceiver>(Receiver)
        .AddSingleton(Options.Create(new CashuOptions
        {
            Mints = [Url + "/"],
            Seed = _seed,
            // Its clock is ours to move: what a busy machine is late with must not arrive an hour later.
            AnswerTimeMax = TimeSpan.FromSeconds(20),
            ExposureMaxSat = 1_000_000,
            ForeignTokenMaxSat = _foreign.Count > 0 ? 500 : 0,
            ForeignUnderWayMaxSat = 1_000,
            RequireDleq = RequireDleq,
        }))
        .AddSingleton(Options.Create(new FetchOptions { AllowedEndpoints = [.. _foreign] }))
        .AddCashuWallet()
        .BuildServiceProvider();

    const string SelectAssets = """
        select (coalesce((select sum(amount_sat) from payments.ecash_proof
                           where mint = @mint and state in ('live', 'reserved')), 0)
              - coalesce((select sum(booked_sat) from payments.ecash_op where mint = @mint), 0))::bigint
        """;
}

/// <summary>Whom the money of these tests is for: he puts it into an account of its own.</summary>
sealed class RecordingReceiver : IPaymentReceiver
{
    public string Word => "test";

    public ConcurrentQueue<ReceivedPayment> Received { get; } = [];

    public static string AccountOf(PaymentPurpose purpose) => $"test:{purpose.Subject}";

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        await Books.PostAsync(tx, new Transfer(
            Uuid5.Of("test-fund", payment.Id.ToString("n", CultureInfo.InvariantCulture)), payment.Source,
            AccountOf(payment.Purpose), payment.Amount, "fund", payment.Purpose.Subject), ct);
        Received.Enqueue(payment);
    }
}
