using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Index;

/// <summary>What relays say about people and notes goes into the index, many events in one transaction.</summary>
public sealed class IndexEvents : IEventReceiver, IAsyncDisposable
{
    /// <summary>
    /// Profiles, notes, follow lists, deletions, reposts, reactions, zaps, mute lists, relay lists and articles.
    /// </summary>
    public static readonly IReadOnlyList<int> Kinds = [0, 1, 3, 5, 6, 7, 9735, 10000, 10002, 30023];

    readonly GroupCommit<IndexedEvent> _group;
    readonly IndexOptions _options;
    readonly TimeProvider _clock;

    public IndexEvents(NpgsqlDataSource db, IOptions<IndexOptions> options, TimeProvider clock)
    {
        (_options, _clock) = (options.Value, clock);
        _group = new(db, (tx, batch, ct) => new IndexBatch(tx).WriteAsync(batch, Now, ct));
    }

    public string Role => "index";

    public IReadOnlyList<Filter> Filters { get; } = [new() { Kinds = Kinds }];

    long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    public bool Wants(NostrEvent candidate) => Kinds.Contains(candidate.Kind) && IsTimely(candidate);

    public Task ReceiveAsync(VerifiedEvent received, CancellationToken ct) => AddAsync(received.Event, ct);

    /// <summary>Adds one verified event and returns when it can be found. Adding it again changes nothing.</summary>
    public Task AddAsync(NostrEvent verified, CancellationToken ct)
    {
        if (!Wants(verified)) return Task.CompletedTask;

        var indexed = IndexedEvent.From(verified);
        return indexed.ExpiresAt <= Now ? Task.CompletedTask : _group.SubmitAsync(indexed, ct);
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    /// <summary>A profile or a list is taken at any age; what people say, only within the time that is kept.</summary>
    bool IsTimely(NostrEvent e) =>
        e.CreatedAt <= Now + (long)_options.FutureMax.TotalSeconds
        && (EventKinds.IsReplaceable(e.Kind) || EventKinds.IsAddressable(e.Kind)
            || e.CreatedAt >= Now - (long)_options.AgeMax.TotalSeconds);
}
