using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5301: people whom your friends follow and you do not.</summary>
public sealed class PeopleDiscovery(RankNotes rank, LookUpEvents index, Newcomers newcomers) : JobKind
{
    public override int Kind => 5301;
    public override string Capability => "people-discovery";
    public override string Name => "People discovery";

    public override string About =>
        "People whom those that you follow also follow, and you do not yet; a friend who follows few weighs more. Of "
        + "somebody new it learns the follow list first; without one it names the most followed.";

    public override bool Personalized => true;

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("user", "For whom, as a key in hex; whoever asks unless said. \"p\" means the same.", false, []),
        new("max_results", "How many people at most: 1 to 200.", false, []),
    ];

    public override JobExample Example { get; } = new([], [new("max_results", ["20"])]);

    public override Problem? Refuse(JobWork work) =>
        WorkParams.RefuseUser(work) ?? WorkParams.RefuseMax(work)
        ?? (WorkParams.Text(work).Length > 1_000 ? KindsProblems.InputTooLarge : null);

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var (user, max) = (WorkParams.User(work), WorkParams.Max(work));
        await newcomers.LearnAsync(user, ct);
        var people = await rank.PeopleForAsync(user, max, ct);
        if (people.Count == 0 && !await rank.KnowsAsync(user, ct)) people = await rank.PeopleForAllAsync(user, max, ct);
        return FoundPeople.Output(people);
    }

    /// <summary>Reads the follow lists themselves, not the graph: followed by somebody, and not by the user.</summary>
    public override Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct) =>
        FoundPeople.VerifyAsync(output, WorkParams.Max(work), async keys =>
        {
            var user = WorkParams.User(work);
            if (keys.Contains(user)) return "It names the user.";

            var own = await index.ReplaceableAsync(3, user, ct);
            var followed = own?.TagsNamed("p").Select(tag => tag[1]).ToHashSet() ?? [];
            if (keys.Any(followed.Contains)) return "It names somebody whom the user follows already.";

            return await index.FollowedAsync(keys, ct) < keys.Count ? "It names somebody whom nobody follows." : null;
        });
}
