using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Writes signed events in the caller's transaction. Once that is durable the sender is told in memory, so an event
/// leaves at once without being read back; should the process die in between, any other finds the row.
/// </summary>
sealed class Outbox(SendingQueue queue, IOptions<RelayWorkersOptions> options) : IOutbox
{
    public async Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct)
    {
        var rows = new
        {
            ids = entries.Select(entry => entry.Event.Id).ToArray(),
            jsons = entries.Select(entry => EventJson.Write(entry.Event)).ToArray(),
            roles = entries.Select(entry => entry.Role).ToArray(),
            relays = entries.Select(entry => string.Join(' ', Vetted(entry.Relays))).ToArray(),
            lease = options.Value.Lease,
        };
        var fresh = (await ((NpgsqlTransaction)tx).ManyAsync<string>(Insert, rows, ct))
            .ToHashSet(StringComparer.Ordinal);
        tx.OnCommitted(() =>
        {
            foreach (var entry in entries)
            {
                if (fresh.Remove(entry.Event.Id))
                {
                    queue.Offer(new(entry.Event, entry.Role, Vetted(entry.Relays), [], Attempts: 0));
                }
            }
        });
    }

    /// <summary>What strangers name as their relays: well-formed, each once, and not too many.</summary>
    internal static IReadOnlyList<string> Vetted(IReadOnlyList<string> relays) => relays.Count == 0
        ? []
        : [.. relays.Select(RelayUrl.TryNormalise).OfType<string>().Distinct().Take(Limits.AnswerRelaysMax)];

    const string Insert = """
        insert into relay_workers.outbox (event_id, event_json, role, relays, next_attempt_at)
        select event_id, convert_from(json, 'UTF8'), role,
               case when relays = '' then '{}' else string_to_array(relays, ' ') end, now() + @lease
          from unnest(@ids, @jsons, @roles, @relays) as given (event_id, json, role, relays)
        on conflict (event_id) do nothing
        returning event_id
        """;
}
