using Npgsql;
using NpgsqlTypes;

namespace PoA.Nostr.Market.Index;

/// <summary>NIP-01 filters as one condition over <c>market.index_event</c>: any of them may match.</summary>
static class FilterSql
{
    public const int FiltersMax = 10;
    public const int ValuesMax = 1_000;

    /// <summary>Null when the set is bounded and asks only for kinds that are kept. Limits play no part.</summary>
    public static Problem? Refuse(IReadOnlyList<Filter> filters)
    {
        var values = filters.Sum(f => (f.Ids?.Count ?? 0) + (f.Authors?.Count ?? 0) + (f.Kinds?.Count ?? 0)
            + (f.Tags?.Sum(tag => tag.Value.Count) ?? 0));
        if (filters.Count is 0 or > FiltersMax || values > ValuesMax) return IndexProblems.FilterTooLarge;

        var strange = filters.SelectMany(f => f.Kinds ?? []).Except(IndexEvents.Kinds).ToList();
        return strange.Count == 0 ? null : IndexProblems.KindNotIndexed with
        {
            Detail = $"It keeps {string.Join(", ", IndexEvents.Kinds)}, and not {strange[0]}.",
        };
    }

    /// <summary>A condition with its parameters added to the list.</summary>
    public static string Where(IReadOnlyList<Filter> filters, List<NpgsqlParameter> parameters) =>
        string.Join(" or ", filters.Select(filter => $"({Where(filter, parameters)})"));

    static string Where(Filter f, List<NpgsqlParameter> parameters)
    {
        List<string> all = [];
        void Add(string condition, object value, NpgsqlDbType type)
        {
            var name = $"f{parameters.Count}";
            all.Add(condition.Replace("?", $"@{name}", StringComparison.Ordinal));
            parameters.Add(new(name, type) { Value = value });
        }

        if (f.Ids is not null) Add("id = any(?)", Bytes(f.Ids), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        if (f.Authors is not null) Add("pubkey = any(?)", Bytes(f.Authors), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        if (f.Kinds is not null) Add("kind = any(?)", f.Kinds.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        if (f.Since is not null) Add("created_at >= ?", f.Since.Value, NpgsqlDbType.Bigint);
        if (f.Until is not null) Add("created_at <= ?", f.Until.Value, NpgsqlDbType.Bigint);
        foreach (var (letter, values) in f.Tags ?? new Dictionary<char, IReadOnlyList<string>>())
        {
            var refs = values.Select(value => IndexedEvent.Ref(letter, value)).ToArray();
            Add("refs && ?", refs, NpgsqlDbType.Array | NpgsqlDbType.Text);
        }

        return all.Count == 0 ? "true" : string.Join(" and ", all);
    }

    /// <summary>What is no 32-byte hex matches nothing, as on a relay.</summary>
    static byte[][] Bytes(IReadOnlyList<string> hex) => [.. hex.Where(Hex.Is32).Select(Convert.FromHexString)];
}
