using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Devnet.Relay;

namespace PoA.Nostr.Devnet.World;

/// <summary>Writes the seeded world into a relay that has never been started before.</summary>
sealed partial class SeedWorld(
    EventStore store, IOptions<DevnetOptions> options, TimeProvider clock, ILogger<SeedWorld> log) : IHostedService
{
    /// <summary>
    /// The first start's time stands in a file before anything is written, so that a start that is cut short is
    /// finished by the next one, with the same ids. A second file says that all of it is there.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Value.Data);
        var started = Path.Combine(options.Value.Data, "world.started");
        var done = Path.Combine(options.Value.Data, "world.done");
        if (!options.Value.World || File.Exists(done)) return;

        if (!File.Exists(started))
        {
            await File.WriteAllTextAsync(started, clock.GetUtcNow().ToString("O"), cancellationToken);
        }

        var start = DateTimeOffset.Parse(
            await File.ReadAllTextAsync(started, cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        var events = SeededWorld.Build(start, $"ws://127.0.0.1:{options.Value.RelayPort}");
        await StoreAsync(events, cancellationToken);
        await File.WriteAllTextAsync(done, "", cancellationToken);
        LogSeeded(events.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task StoreAsync(IReadOnlyList<NostrEvent> events, CancellationToken ct)
    {
        var left = events.Count;
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var e in events)
        {
            store.Submit(IncomingEvent.From(e, EventJson.Write(e)), (_, _) =>
            {
                if (Interlocked.Decrement(ref left) == 0) stored.SetResult();
            });
        }

        await stored.Task.WaitAsync(ct);
    }

    [LoggerMessage(LogLevel.Information, "Seeded the devnet with {Count} events")]
    partial void LogSeeded(int count);
}

/// <summary>The content of a kind 0 (NIP-01, NIP-24).</summary>
sealed record Profile(string Name, string DisplayName, string About, string Nip05);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Profile))]
sealed partial class WorldJson : JsonSerializerContext;
