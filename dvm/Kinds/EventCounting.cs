using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5400: how many events match, as a plain number, or apart by groups as a dictionary.</summary>
public sealed class EventCounting(CountEvents count, CountOverRelays overRelays, TimeProvider clock) : JobKind
{
    const string VersionTag = "index_version";
    const string TimeTag = "counted_at";
    const string CutTag = "groups_max";

    readonly RecentRecounts _recounts = new(count);
    readonly SharedCounts _counts = new(count);

    public override int Kind => 5400;
    public override string Capability => "event-count";
    public override string Name => "Event count";

    public override string About =>
        "Counts the events that match your filters, each once: exactly over our index, or over the relays you name. "
        + "Grouped, if you like, by author, content, thread or any tag.";

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("group", "content, pubkey, reply, root, or the name of a tag; up to three, which nest.", false, []),
        new("relay", "Count over this relay and not over our index; up to five.", false, []),
    ];

    public override JobExample Example { get; } = new([new("""{"kinds":[1]}""", JobInputType.Text)], []);

    public override Problem? Refuse(JobWork work)
    {
        CountRequest.Read(work, out var problem);
        return problem;
    }

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var request = CountRequest.Read(work, out var problem) ?? throw new ProblemException(problem!);
        if (request.Relays.Count > 0)
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            var counted = await overRelays.CountAsync(request.Filters, request.Relays, now, partial, ct);
            return Output(Number(counted), null, now, request.Relays);
        }

        if (request.Groups.Count > 0)
        {
            var grouped = await count.CountAsync(request.Filters, request.Groups, ct);
            var output = Output(Dictionary(grouped, request.Groups.Count), grouped.Version, grouped.At, []);
            return output with
            {
                Mime = "application/json",
                Tags = grouped.Cut ? [.. output.Tags!, [CutTag, Number(CountEvents.GroupsMax)]] : output.Tags,
            };
        }

        var whole = await _counts.CountAsync(request.Filters, ct);
        return Output(Number(whole.Count), whole.Version, whole.At, []);
    }

    /// <summary>Counts again by another way: over rows instead of counters, or once more over the relays.</summary>
    public override async Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct)
    {
        if (CountRequest.Read(work, out var problem) is not { } request) return problem;
        if (Tag(output, TimeTag) is not { } at) return KindsProblems.Wrong("It does not say when it was counted.");
        if (request.Relays.Count > 0)
        {
            var again = await overRelays.CountAsync(request.Filters, request.Relays, at, _ => Task.CompletedTask, ct);
            return output.Content == Number(again) ? null : KindsProblems.Wrong($"The relays hold {again}.");
        }

        if (Tag(output, VersionTag) is not { } version) return KindsProblems.Wrong("It does not name its index.");
        var claimed = request.Groups.Count > 0 ? Sum(output.Content) : Parse(output.Content);
        if (claimed is null) return KindsProblems.Wrong("It is not a count.");

        var (least, most) = await _recounts.CountAsync(request.Filters, version, at, ct);
        var cut = request.Groups.Count > 0 && output.Tags!.Any(tag => tag[0] == CutTag);
        return claimed <= most && (claimed >= least || cut)
            ? await VerifyGroupsAsync(request, output, version, ct)
            : KindsProblems.Wrong($"A recount finds {least}.");
    }

    /// <summary>While nothing has changed since, groups are compared; later their sum has to do.</summary>
    async Task<Problem?> VerifyGroupsAsync(CountRequest request, JobOutput output, long version, CancellationToken ct)
    {
        if (request.Groups.Count == 0) return null;

        var grouped = await count.CountAsync(request.Filters, request.Groups, ct);
        return grouped.Version != version || Dictionary(grouped, request.Groups.Count) == output.Content
            ? null
            : KindsProblems.Wrong("A recount finds other groups.");
    }

    static JobOutput Output(string content, long? version, long at, IReadOnlyList<string> relays)
    {
        List<string[]> tags = [[TimeTag, Number(at)]];
        if (version is not null) tags.Add([VersionTag, Number(version.Value)]);
        if (relays.Count > 0) tags.Add(["counted_relays", .. relays]);
        return new(content, Tags: tags);
    }

    /// <summary>Nested objects, one level a group; the keys of one level largest first.</summary>
    static string Dictionary(GroupedCount grouped, int depth)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Write(writer, grouped.Entries, 0, depth);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Write(Utf8JsonWriter writer, IEnumerable<(string[] Keys, long Count)> entries, int level, int depth)
    {
        writer.WriteStartObject();
        foreach (var same in entries.GroupBy(entry => entry.Keys[level]).OrderByDescending(g => g.Sum(e => e.Count)))
        {
            if (level == depth - 1)
            {
                writer.WriteNumber(same.Key, same.Sum(entry => entry.Count));
                continue;
            }

            writer.WritePropertyName(same.Key);
            Write(writer, same, level + 1, depth);
        }

        writer.WriteEndObject();
    }

    static long? Sum(string content)
    {
        try
        {
            using var parsed = JsonDocument.Parse(content);
            return Sum(parsed.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    static long Sum(JsonElement json) => json.ValueKind == JsonValueKind.Object
        ? json.EnumerateObject().Sum(field => Sum(field.Value))
        : json.GetInt64();

    static long? Tag(JobOutput output, string name) =>
        output.Tags?.FirstOrDefault(tag => tag.Length > 1 && tag[0] == name) is { } tag ? Parse(tag[1]) : null;

    static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
