using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PoA.Nostr.Database;
using PoA.Nostr.RelayWorkers;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.RelayWorkers;

/// <summary>The workers as a process runs them, over a real database and whatever relays a test gives them.</summary>
sealed class Workers : IAsyncDisposable
{
    readonly IHost _host;

    Workers(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IOutbox Outbox => Services.GetRequiredService<IOutbox>();

    public static async Task<Workers> StartAsync(
        Postgres postgres, IReadOnlyList<string> relays, IReadOnlyList<IEventReceiver> receivers,
        Dictionary<string, string?>? settings = null, Action<IServiceCollection>? more = null,
        Action<IHostApplicationBuilder>? house = null, string? relaysFile = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(relays.SelectMany((relay, i) => new[]
        {
            KeyValuePair.Create<string, string?>($"relays:{i}:url", relay),
            KeyValuePair.Create<string, string?>($"relays:{i}:roles:0", "jobs"),
            KeyValuePair.Create<string, string?>($"relays:{i}:roles:1", "announce"),
        }));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["RelayWorkers:ListeningEvery"] = "00:00:00.200",
            ["RelayWorkers:SweepEvery"] = "00:00:00.100",
            ["RelayWorkers:Lease"] = "00:00:01",
            ["RelayWorkers:AnnounceCheckEvery"] = "00:00:00.100",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        if (relaysFile is not null) builder.Configuration.AddRelayList(relaysFile);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(postgres.Db);
        builder.Services.AddSingleton(postgres.Direct).AddNotifications();
        foreach (var receiver in receivers) builder.Services.AddSingleton(receiver);
        house?.Invoke(builder);
        builder.AddRelayWorkers();
        more?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    /// <summary>Stops as a process does that is asked to.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}

/// <summary>A feature that notes what it was handed.</summary>
sealed class NotingReceiver(params int[] kinds) : IEventReceiver
{
    public ConcurrentDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>What it does with each event, by its number of calls.</summary>
    public Func<NostrEvent, int, Task>? Does { get; set; }

    public Func<NostrEvent, bool>? Chooses { get; set; }

    public string Role => "jobs";

    public IReadOnlyList<Filter> Filters { get; set; } = [new() { Kinds = kinds }];

    public bool Wants(NostrEvent candidate) => Chooses?.Invoke(candidate) ?? true;

    public Task ReceiveAsync(VerifiedEvent received, CancellationToken ct)
    {
        var calls = Calls.AddOrUpdate(received.Event.Id, 1, (_, before) => before + 1);
        return Does?.Invoke(received.Event, calls) ?? Task.CompletedTask;
    }
}
