using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5303: people whose profile holds the words, the most followed first.</summary>
public sealed class PeopleSearch(SearchPeople search, LookUpEvents index) : JobKind
{
    const int QueryLengthMax = 200;

    public override int Kind => 5303;
    public override string Capability => "people-search";
    public override string Name => "People search";

    public override string About =>
        "People whose name, address or description holds every one of your words, the most followed first.";

    public override IReadOnlyList<JobKindParam> Params { get; } =
        [new("max_results", "How many people at most: 1 to 200.", false, [])];

    public override JobExample Example { get; } =
        new([new("nostr", JobInputType.Text)], [new("max_results", ["20"])]);

    public override Problem? Refuse(JobWork work)
    {
        var text = WorkParams.Text(work);
        return text.Length > QueryLengthMax ? KindsProblems.InputTooLarge :
            Terms.Of(text, 1).Count == 0 ? KindsProblems.InputMissing with { Detail = "A search needs words." } :
            WorkParams.RefuseMax(work);
    }

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var found = await search.SearchAsync(WorkParams.Text(work), WorkParams.Max(work), ct);
        return FoundPeople.Output(found.Select(profile => profile.Pubkey));
    }

    /// <summary>Reads each profile again and puts every word to its text.</summary>
    public override Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct) =>
        FoundPeople.VerifyAsync(output, WorkParams.Max(work), async keys =>
        {
            var profiles = await index.ByAddressAsync([.. keys.Select(key => $"0:{key}:")], ct);
            var asked = Terms.Of(WorkParams.Text(work), 16);
            return
                profiles.Count < keys.Count ? "It names somebody without a profile." :
                profiles.Any(p => !Holds(p.Content, asked)) ? "It names somebody whose profile lacks the words." :
                null;
        });

    /// <summary>Over the profile as text, escapes undone: whatever field a word stands in.</summary>
    static bool Holds(string json, IReadOnlyList<string> words)
    {
        var profile = Profile.Parse("", json);
        var text = string.Join(' ', profile.Name, profile.DisplayName, profile.About, profile.Nip05).ToLowerInvariant();
        return words.All(word => text.Contains(word, StringComparison.Ordinal));
    }
}
