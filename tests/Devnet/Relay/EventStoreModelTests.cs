using PoA.Nostr.Devnet.Relay;
using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Tests.Devnet.Relay;

/// <summary>
/// Random events and filters in a world small enough that everything meets everything, against a model that keeps a
/// list and asks <see cref="Filter.Matches"/>.
/// </summary>
public sealed class EventStoreModelTests : IDisposable
{
    static readonly int[] Kinds = [0, 1, 5, 7, 1_059, 10_002, 30_023, 30_078];
    static readonly string[] Authors = [StoreTester.Key(0), StoreTester.Key(1), StoreTester.Key(9)];
    static readonly string[] Values = ["", "a", "b", "c", "d"];
    readonly StoreTester _tester = new();
    readonly List<NostrEvent> _model = [];
    readonly List<NostrEvent> _ever = [];

    public void Dispose() => _tester.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task The_store_answers_as_the_model_does(int seed) => CompareAsync($"seed {seed}", 600);

    [Fact(Explicit = true)]
    public async Task The_store_answers_as_the_model_does_for_longer()
    {
        for (var seed = 100; seed < 120; seed++)
        {
            using var world = new EventStoreModelTests();
            await world.CompareAsync($"seed {seed}", 5_000);
        }
    }

    async Task CompareAsync(string seed, int steps)
    {
        var seeded = new Seeded(seed);
        for (var step = 0; step < steps; step++)
        {
            var e = _ever.Count > 0 && seeded.Chance(0.1) ? seeded.Pick(_ever) : RandomEvent(seeded);
            _ever.Add(e);
            var expected = AddToModel(e);
            var verdict = await _tester.AddAsync(e);
            Assert.True(expected == verdict, $"{seed}, step {step}: {verdict} and not {expected}");
            if (seeded.Chance(0.01)) _tester.Restart();

            Filter[] filters = [.. Enumerable.Range(0, 1 + seeded.Below(3)).Select(_ => RandomFilter(seeded))];
            var found = _tester.Ids(filters);
            Assert.True(FromModel(filters).SequenceEqual(found), $"{seed}, step {step}: {string.Join(' ', found)}");
        }
    }

    NostrEvent RandomEvent(Seeded seeded)
    {
        List<string[]> tags = [];
        var kind = seeded.Pick(Kinds);
        for (var i = seeded.Below(4); i > 0; i--) tags.Add([seeded.Pick(["t", "d", "r", "long"]), seeded.Pick(Values)]);
        if (seeded.Chance(0.3)) tags.Add(["p", StoreTester.Key(seeded.Below(4))]);
        if (kind == 5 && _ever.Count > 0)
        {
            var target = seeded.Pick(_ever);
            tags.Add(seeded.Chance(0.5) ? ["e", target.Id] : ["a", Address(target) ?? ""]);
        }

        return StoreTester.Event(seeded, seeded.Below(4), kind, 1_000 + seeded.Below(40), [.. tags]);
    }

    Filter RandomFilter(Seeded seeded) => new()
    {
        Ids = seeded.Chance(0.1) ? Some(seeded, _ever.Select(e => e.Id).ToArray()) : null,
        Authors = seeded.Chance(0.4) ? Some(seeded, Authors) : null,
        Kinds = seeded.Chance(0.5) ? Some(seeded, Kinds) : null,
        Tags = seeded.Chance(0.4) ? RandomTags(seeded) : null,
        Since = seeded.Chance(0.3) ? 1_000 + seeded.Below(40) : null,
        Until = seeded.Chance(0.3) ? 1_000 + seeded.Below(40) : null,
        Limit = seeded.Chance(0.5) ? seeded.Below(8) : null,
    };

    static Dictionary<char, IReadOnlyList<string>> RandomTags(Seeded seeded)
    {
        Dictionary<char, IReadOnlyList<string>> tags = new() { [seeded.Pick(['t', 'd', 'r'])] = Some(seeded, Values) };
        if (seeded.Chance(0.3)) tags['p'] = Some(seeded, [StoreTester.Key(0), StoreTester.Key(1)]);
        return tags;
    }

    static List<T> Some<T>(Seeded seeded, T[] from) =>
        [.. Enumerable.Range(0, seeded.Below(4)).Select(_ => seeded.Pick(from))];

    Verdict AddToModel(NostrEvent e)
    {
        if (_model.Any(standing => standing.Id == e.Id)) return Verdict.Duplicate;
        if (_model.Any(standing => standing.Kind == 5 && Deletes(standing, e))) return Verdict.Deleted;

        var address = Address(e);
        var there = _model.FirstOrDefault(standing => address is not null && Address(standing) == address);
        if (there is not null && NewestFirst(there, e) < 0) return Verdict.Replaced;

        if (there is not null) _model.Remove(there);
        if (e.Kind == 5) _model.RemoveAll(standing => Deletes(e, standing));
        _model.Add(e);
        return Verdict.Stored;
    }

    static bool Deletes(NostrEvent deletion, NostrEvent e) =>
        e.Kind != 5
        && (deletion.Pubkey == e.Pubkey || (e.Kind == 1_059 && e.Tag("p") == deletion.Pubkey))
        && deletion.Tags.Any(tag =>
            (tag[0] == "e" && tag[1] == e.Id)
            || (tag[0] == "a" && deletion.Pubkey == e.Pubkey && tag[1] == Address(e)
                && e.CreatedAt <= deletion.CreatedAt));

    static string? Address(NostrEvent e) =>
        EventKinds.IsAddressable(e.Kind) ? $"{e.Kind}:{e.Pubkey}:{e.Tag("d")}" :
        EventKinds.IsReplaceable(e.Kind) ? $"{e.Kind}:{e.Pubkey}:" :
        null;

    IEnumerable<string> FromModel(Filter[] filters)
    {
        List<NostrEvent> sorted = [.. _model];
        sorted.Sort(NewestFirst);
        var found = filters.SelectMany(f => sorted.Where(f.Matches).Take(f.Limit ?? 500)).Distinct().ToList();
        found.Sort(NewestFirst);
        return found.Select(e => e.Id);
    }

    static int NewestFirst(NostrEvent left, NostrEvent right) =>
        left.CreatedAt != right.CreatedAt
            ? right.CreatedAt.CompareTo(left.CreatedAt)
            : string.CompareOrdinal(left.Id, right.Id);
}
