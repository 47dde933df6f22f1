using System.Collections.Concurrent;
using PoA.Nostr.Market.Index;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Recounts of one filter set at one version of the index, made once for all jobs that ask the same: counting again
/// costs as much as there are rows, and popular counts are asked for hundreds of times a second.
/// </summary>
sealed class RecentRecounts(CountEvents count)
{
    const int KeptMax = 256;

    readonly ConcurrentDictionary<string, Lazy<Task<(long Least, long Most)>>> _recent = [];

    public async Task<(long Least, long Most)> CountAsync(
        IReadOnlyList<Filter> filters, long version, long countedAt, CancellationToken ct)
    {
        if (_recent.Count >= KeptMax) _recent.Clear();

        // One recount serves many jobs, so that none of them may cancel it.
        var key = $"{version}/{countedAt}/{Key(filters)}";
        var recount = _recent.GetOrAdd(
            key, _ => new(() => count.RecountAsync(filters, version, countedAt, CancellationToken.None)));
        try
        {
            return await recount.Value.WaitAsync(ct);
        }
        catch (Exception) when (recount.Value.IsFaulted)
        {
            _recent.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>One spelling for the same filters.</summary>
    public static string Key(IReadOnlyList<Filter> filters) => string.Join('|', filters.Select(f => string.Join(
        '/', List(f.Ids), List(f.Authors), List(f.Kinds), f.Since, f.Until,
        string.Join(';', (f.Tags ?? NoTags).OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={List(tag.Value)}")))));

    static readonly Dictionary<char, IReadOnlyList<string>> NoTags = [];

    /// <summary>With the length before each value, so that no two lists read the same.</summary>
    static string List<T>(IReadOnlyList<T>? values) =>
        values is null ? "-" : string.Concat(values.Select(value => $"{value!.ToString()!.Length}:{value}"));
}
