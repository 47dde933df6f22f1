using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>Every kind that is sold, over a real index of a few people who follow, write, like and mute.</summary>
public sealed class KindsWorld : IAsyncLifetime
{
    readonly Postgres _postgres = new();
    ServiceProvider _services = null!;

    public IReadOnlyList<JobKind> Kinds => [.. _services.GetServices<JobKind>()];

    public IndexEvents Index => Get<IndexEvents>();

    public FoundAtHand Relays { get; } = new();

    public SecretKey Alice { get; } = SecretKey.Generate();

    public SecretKey Bob { get; } = SecretKey.Generate();

    public SecretKey Carol { get; } = SecretKey.Generate();

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        PoA.Nostr.Market.MarketModule.AddMarket(builder);
        builder.AddDvm();
        builder.Services.AddLogging().AddSingleton(_postgres.Db).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IEventFinder>(Relays);
        _services = builder.Services.BuildServiceProvider();
        foreach (var e in Events()) await Index.AddAsync(e, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public JobWork Work(JobKind kind, JobExample example) => Work(kind, example.Inputs, example.Params);

    public JobWork Work(JobKind kind, IReadOnlyList<JobInput> inputs, IReadOnlyList<JobParam> settings) => new(
        SecretKey.Generate().Pubkey, kind.Kind, SecretKey.Generate().Pubkey, Alice.Pubkey, inputs, settings, null,
        false, TimeProvider.System.GetUtcNow().AddMinutes(1));

    IEnumerable<NostrEvent> Events()
    {
        var note = Carol.Sign(new(1, Now - 600, [["t", "bitcoin"]], "Bitcoin and nostr, a note worth liking"));
        return
        [
            note, Bob.Sign(new(1, Now - 500, [], "Another about bitcoin")),
            Alice.Sign(new(0, Now, [], """{"name":"alice","about":"writes about nostr"}""")),
            Bob.Sign(new(0, Now, [], """{"name":"bob","about":"reads nostr all day"}""")),
            Alice.Sign(new(3, Now, [["p", Bob.Pubkey]], "")), Bob.Sign(new(3, Now, [["p", Carol.Pubkey]], "")),
            Bob.Sign(new(7, Now - 10, [["e", note.Id], ["p", Carol.Pubkey]], "+")),
        ];
    }
}

/// <summary>Other people's relays, as far as a kind asks them: what the test puts here is found.</summary>
public sealed class FoundAtHand : IEventFinder
{
    readonly List<NostrEvent> _events = [];

    public int Asked { get; private set; }

    public void Add(params NostrEvent[] events) => _events.AddRange(events);

    public void Clear() => _events.Clear();

    public Task<IReadOnlyList<NostrEvent>> FindAsync(
        Filter filter, string role, IReadOnlyList<string> relays, TimeSpan timeout, CancellationToken ct)
    {
        Asked++;
        IReadOnlyList<NostrEvent> found =
            [.. _events.Where(filter.Matches).OrderByDescending(e => e.CreatedAt).Take(filter.Limit ?? 500)];
        return Task.FromResult(found);
    }
}
