using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// What we know of each mint: its keysets, kept in the database once their ids were checked, and what it can do.
/// Keysets of versions that we cannot compute are passed over, so that a mint may list them beside ours.
/// </summary>
public sealed class MintKeysets(MintClient mints, NpgsqlDataSource db, TimeProvider clock)
{
    const string Unit = "sat";
    const int KeysetsMax = 256;

    /// <summary>A mint that changed its keys a moment ago tells us by a refusal; this is for the others.</summary>
    static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(10);

    /// <summary>What a keyset must still last for us to take ecash of it.</summary>
    internal static readonly TimeSpan LastsMin = TimeSpan.FromDays(7);

    /// <summary>States, restoring, proofs of equality: without them nothing is found out after a crash.</summary>
    static readonly int[] Needed = [7, 9, 12];

    readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The keyset for new ecash: active, lasting, and the cheapest to spend.</summary>
    internal async Task<Keyset> ActiveAsync(string mint, CancellationToken ct)
    {
        var known = await KnownAsync(mint, ct);
        if (Needed.FirstOrDefault(nut => !known.Nuts.Contains(nut)) is > 0 and var missing) throw Lacks(missing);

        var last = (clock.GetUtcNow() + LastsMin).ToUnixTimeSeconds();
        return known.Keysets
            .Where(keyset => keyset.Active && (keyset.FinalExpiry ?? long.MaxValue) > last)
            .OrderBy(keyset => keyset.InputFeePpk)
            .ThenByDescending(keyset => keyset.Id, StringComparer.Ordinal)
            .FirstOrDefault() ?? throw new ProblemException(CashuProblems.MintLacks with
            {
                Detail = "It has no active keyset in sat that we support.",
            });
    }

    /// <summary>The keyset of an id as tokens write it, active or not; asks the mint once for a new one.</summary>
    internal async Task<Keyset> ResolveAsync(string mint, string id, CancellationToken ct)
    {
        if (!Keyset.IsSupported(id) && !Keyset.IsShort(id))
        {
            throw new ProblemException(CashuProblems.UnsupportedKeyset);
        }

        var known = await KnownAsync(mint, ct);
        if (Find(known, id) is { } keyset) return keyset;

        known = await RefreshAsync(mint, ct);
        return Find(known, id) ?? throw new ProblemException(CashuProblems.UnknownKeyset);
    }

    /// <summary>Throws a problem where the mint does not say that it supports this.</summary>
    internal async Task RequireAsync(string mint, int nut, CancellationToken ct)
    {
        if (!(await KnownAsync(mint, ct)).Nuts.Contains(nut)) throw Lacks(nut);
    }

    static ProblemException Lacks(int nut) =>
        new(CashuProblems.MintLacks with { Detail = $"It does not support NUT-{nut:00}." });

    /// <summary>What spending proofs of these keysets costs, in sat: the sum of their fees, rounded up.</summary>
    internal static long Fee(IEnumerable<Keyset> ofEachInput) =>
        (ofEachInput.Sum(keyset => (long)keyset.InputFeePpk) + 999) / 1_000;

    /// <summary>Asks the mint again, after it refused a keyset that we took for active.</summary>
    internal async Task<Known> RefreshAsync(string mint, CancellationToken ct)
    {
        var nuts = await NutsAsync(mint, ct);
        var listed = await ReadAsync(mint, "/v1/keysets", CashuJson.Default.KeysetsReply, ct);
        var usable = (listed.Keysets ?? []).Take(KeysetsMax)
            .Where(keyset => keyset.Unit == Unit && keyset.Id is not null && Keyset.IsSupported(keyset.Id)).ToList();
        var stored = (await StoredAsync(mint, ct)).ToDictionary(keyset => keyset.Id);
        List<Keyset> keysets = [];
        foreach (var summary in usable)
        {
            keysets.Add(stored.Remove(summary.Id, out var before)
                ? before with { Active = summary.Active }
                : await FetchAsync(mint, summary, ct));
        }

        // One that the mint no longer lists cannot sign, but its ecash is still ours to show.
        keysets.AddRange(stored.Values.Select(keyset => keyset with { Active = false }));
        await db.RunAsync(SetActive, new
        {
            ids = keysets.Select(keyset => keyset.Id).ToArray(),
            active = keysets.Select(keyset => keyset.Active).ToArray(),
            now = clock.GetUtcNow(),
        }, ct);
        return _known[mint] = new(keysets, nuts, clock.GetUtcNow());
    }

    async Task<Known> KnownAsync(string mint, CancellationToken ct) =>
        _known.TryGetValue(mint, out var known) && known.At > clock.GetUtcNow() - AgeMax
            ? known
            : await RefreshAsync(mint, ct);

    static Keyset? Find(Known known, string id)
    {
        var found = known.Keysets.Where(keyset => keyset.Id.StartsWith(id, StringComparison.Ordinal)).ToList();
        return found.Count > 1 ? throw new ProblemException(CashuProblems.AmbiguousKeyset) : found.FirstOrDefault();
    }

    async Task<Keyset> FetchAsync(string mint, KeysetSummary summary, CancellationToken ct)
    {
        var reply = await ReadAsync(mint, $"/v1/keys/{summary.Id}", CashuJson.Default.KeysReply, ct);
        var keys = reply.Keysets?.FirstOrDefault(keyset => keyset.Id == summary.Id)?.Keys
            ?? throw new ProblemException(CashuProblems.KeysetForged);
        var keyset = Keyset.Check(
            summary.Id, Unit, summary.Active, summary.InputFeePpk ?? 0, summary.FinalExpiry, keys);
        var row = new
        {
            keyset.Id,
            mint,
            keyset.Unit,
            keyset.Active,
            keyset.InputFeePpk,
            keyset.FinalExpiry,
            keys = JsonSerializer.Serialize(keys, KeysJson.Default.DictionaryStringString),
            now = clock.GetUtcNow(),
        };
        // Ids commit to keys: one that another mint has as well is a collision, or the same mint under another name.
        return await db.RunAsync(Insert, row, ct) == 1 || await db.OneAsync<string>(SelectMint, row, ct) == mint
            ? keyset
            : throw new ProblemException(CashuProblems.KeysetForged with { Detail = "Another mint has its id." });
    }

    async Task<List<Keyset>> StoredAsync(string mint, CancellationToken ct) =>
        (await db.ManyAsync<Row>(Select, new { mint }, ct)).ConvertAll(row => Keyset.Check(
            row.Id, row.Unit, row.Active, row.InputFeePpk, row.FinalExpiry,
            JsonSerializer.Deserialize(row.Keys, KeysJson.Default.DictionaryStringString)!));

    async Task<HashSet<int>> NutsAsync(string mint, CancellationToken ct)
    {
        var info = await ReadAsync(mint, "/v1/info", CashuJson.Default.InfoReply, ct);
        return
        [
            .. from nut in info.Nuts ?? []
               where nut.Value is { ValueKind: JsonValueKind.Object } setting
                   && (setting.TryGetProperty("supported", out var supported)
                       ? supported.ValueKind == JsonValueKind.True
                       : !setting.TryGetProperty("disabled", out var off) || off.ValueKind != JsonValueKind.True)
               let number = int.TryParse(nut.Key, out var parsed) ? parsed : -1
               select number,
        ];
    }

    async Task<T> ReadAsync<T>(
        string mint, string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken ct) =>
        await mints.AskAsync(mint, path, null, false, ct) is { IsOk: true } answer
            ? CashuJson.Read(answer.Body, type, CashuProblems.MintUnreachable)
            : throw new ProblemException(CashuProblems.MintUnreachable);

    internal sealed record Known(IReadOnlyList<Keyset> Keysets, IReadOnlySet<int> Nuts, DateTimeOffset At);

    sealed record Row(string Id, string Unit, bool Active, int InputFeePpk, long? FinalExpiry, string Keys);

    const string Select = """
        select id as Id, unit as Unit, active as Active, input_fee_ppk as InputFeePpk, final_expiry as FinalExpiry,
               keys as Keys
          from payments.mint_keyset
         where mint = @mint
        """;

    const string SelectMint = "select mint from payments.mint_keyset where id = @Id";

    const string Insert = """
        insert into payments.mint_keyset (id, mint, unit, active, input_fee_ppk, final_expiry, keys, seen_at)
        values (@Id, @mint, @Unit, @Active, @InputFeePpk, @FinalExpiry, @keys, @now)
        on conflict (id) do nothing
        """;

    const string SetActive = """
        update payments.mint_keyset k
           set active = said.active, seen_at = @now
          from unnest(@ids, @active) as said (id, active)
         where k.id = said.id
        """;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class KeysJson : System.Text.Json.Serialization.JsonSerializerContext;
