using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>
/// The market and its Nostr edge in one process on a real PostgreSQL, with one kind that does what a test says.
/// Relays are not there: events go in by the receivers, and what was committed for publication comes out.
/// </summary>
sealed class JobMarket : IAsyncDisposable
{
    readonly IHost _host;
    readonly Outgoing _outgoing = new();

    JobMarket(NpgsqlDataSource db, ScriptedKind kind, IEventFinder? relays, Dictionary<string, string?> settings)
    {
        Kind = kind;
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Market:MasterKey"] = new('a', 64),
            ["Market:Lease"] = "00:00:01",
        }).AddInMemoryCollection(settings);
        builder.Services.AddSingleton(db).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new DirectDatabase(db)).AddNotifications();
        builder.Services.AddSingleton<IOwnRelays, NoRelays>().AddSingleton<IRelayLimits>(RelayLimits);
        builder.Services.AddSingleton<IOutbox>(_outgoing).AddSingleton<IListeningRecord>(Listening);
        if (settings.ContainsKey("Cashu:Mints:0")) builder.AddCashu().AddLnurl();
        builder.AddMarket().AddDvm();
        if (relays is not null) builder.Services.AddSingleton(relays);
        builder.Services.RemoveAll<JobKind>().RemoveAll<JobOffer>();
        builder.Services.AddSingleton<JobKind>(kind).AddSingleton(kind.Offer);
        _host = builder.Build();
    }

    public ScriptedKind Kind { get; }

    /// <summary>When this service heard its relays: always, until a test says otherwise.</summary>
    public Hearing Listening { get; } = new();

    /// <summary>What relays say that they take: nothing, until a test says otherwise.</summary>
    public SaidLimits RelayLimits { get; } = [];

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IEnumerable<T> All<T>()
        where T : notnull => _host.Services.GetServices<T>();

    public Agent Agent => Get<AgentDirectory>().Selling(Kind.Kind)[0];

    public static Task<JobMarket> StartAsync(
        NpgsqlDataSource db, CancellationToken ct, ScriptedKind? kind = null,
        params (string Key, string Value)[] settings) => StartAsync(db, kind, null, settings, ct);

    /// <summary>With relays to look at, where a test has some.</summary>
    public static async Task<JobMarket> StartAsync(
        NpgsqlDataSource db, ScriptedKind? kind, IEventFinder? relays, (string Key, string Value)[] settings,
        CancellationToken ct)
    {
        var market = new JobMarket(
            db, kind ?? new(), relays,
            settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        await market._host.StartAsync(ct);
        return market;
    }

    /// <summary>As the dispatcher does: to every receiver that wants it.</summary>
    public async Task ReceiveAsync(NostrEvent received, CancellationToken ct)
    {
        foreach (var receiver in _host.Services.GetServices<IEventReceiver>().Where(one => one.Role == "jobs"))
        {
            if (!receiver.Filters.Any(filter => filter.Matches(received)) || !receiver.Wants(received)) continue;
            await receiver.ReceiveAsync(VerifiedEvent.TryVerify(received, out _)!, ct);
        }
    }

    /// <summary>The next answer to a request, in the order of publication.</summary>
    public Task<NostrEvent> AnswerAsync(NostrEvent request, CancellationToken ct) =>
        _outgoing.NextAsync(request.Id, ct);

    /// <summary>The next private message to somebody, still wrapped.</summary>
    public Task<NostrEvent> MessageAsync(string pubkey, CancellationToken ct) => _outgoing.NextAsync(pubkey, ct);

    /// <summary>Every answer up to the last one that a job can have.</summary>
    public async Task<List<NostrEvent>> AnswersAsync(NostrEvent request, CancellationToken ct)
    {
        List<NostrEvent> all = [];
        do all.Add(await AnswerAsync(request, ct)); while (!IsTerminal(all[^1]));
        return all;
    }

    public static bool IsTerminal(NostrEvent answer) =>
        EventKinds.IsJobResult(answer.Kind) || answer.TagsNamed("status").Any(tag => tag[1] == "error");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    /// <summary>What relays would be given: events of committed transactions, by the request they answer.</summary>
    sealed class Outgoing : IOutbox
    {
        readonly ConcurrentDictionary<string, Channel<NostrEvent>> _answers = new();

        public Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct)
        {
            tx.OnCommitted(() =>
            {
                foreach (var said in entries.Select(entry => entry.Event))
                {
                    Of(said.Tag(said.Kind == Nip59Words.WrapKind ? "p" : "e")!).Writer.TryWrite(said);
                }
            });
            return Task.CompletedTask;
        }

        public Task<NostrEvent> NextAsync(string requestId, CancellationToken ct) =>
            Of(requestId).Reader.ReadAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), ct);

        Channel<NostrEvent> Of(string requestId) =>
            _answers.GetOrAdd(requestId, _ => Channel.CreateBounded<NostrEvent>(1_000));
    }

    /// <summary>What relays say of themselves.</summary>
    public sealed class SaidLimits : ConcurrentDictionary<string, RelayLimitation>, IRelayLimits
    {
        public RelayLimitation? Of(string relay) => this.GetValueOrDefault(relay);
    }

    sealed class NoRelays : IOwnRelays
    {
        public IReadOnlyList<string> For(string role) => [];
    }

    public sealed class Hearing : IListeningRecord
    {
        /// <summary>When it was deaf.</summary>
        public IReadOnlyList<BlindWindow> Deaf { get; set; } = [];

        public Task<IReadOnlyList<BlindWindow>> BlindAsync(
            string role, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => Task.FromResult(Deaf);
    }
}

/// <summary>A kind of job that does what the test says. By default it gives its first input back.</summary>
sealed class ScriptedKind : JobKind
{
    public Func<JobWork, Func<string, Task>, CancellationToken, Task<JobOutput>> Work { get; set; } =
        (work, _, _) => Task.FromResult(new JobOutput(work.Inputs[0].Data));

    public Func<JobWork, Problem?> Refusal { get; set; } =
        work => work.Inputs.Count == 0 ? DvmProblems.UnsupportedInput : null;

    public Func<JobOutput, Problem?> Check { get; set; } = _ => null;

    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a machine decides disputes.</summary>
    public bool Decides { get; set; } = true;

    /// <summary>Of the template agent, when it is made.</summary>
    public Msat Cost { get; init; }

    public override int Kind => 5400;
    public override string Capability => "event-count";
    public override string Name => "Echo";
    public override string About => "Gives back what it gets.";
    public override TimeSpan Deadline => Limit;
    public override Msat Price => Cost;
    public override bool HasVerifier => Decides;
    public override IReadOnlyList<JobKindParam> Params => [new("case", "Upper or lower.", false, ["upper", "lower"])];
    public override JobExample Example => new([new("hello", JobInputType.Text)], []);

    public override Problem? Refuse(JobWork work) => Refusal(work);

    public override Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct) =>
        Work(work, partial, ct);

    public override Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct) =>
        Task.FromResult(Check(output));
}

/// <summary>Somebody who sends jobs.</summary>
sealed class Customer
{
    readonly SecretKey _key = SecretKey.Generate();
    int _asked;

    public Customer() => Signer = new(_key);

    public LocalSigner Signer { get; }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>No two are the same event, even within one second.</summary>
    public NostrEvent Request(string content, params string[][] tags) =>
        Sign(5400, content, [.. tags, ["client", $"{Interlocked.Increment(ref _asked)}"]]);

    /// <summary>To one agent, with one text input.</summary>
    public NostrEvent Ask(Agent agent, string text, params string[][] more) =>
        Request("", [["p", agent.Pubkey], ["i", text, "text"], .. more]);

    public NostrEvent Sign(int kind, string content, string[][] tags, long? at = null) =>
        _key.Sign(new(kind, at ?? Now, tags, content));
}
