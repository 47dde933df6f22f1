using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5300: notes worth reading now, for one person. What nine in ten requests on Nostr ask for.</summary>
public sealed class ContentDiscovery(RankNotes rank, LookUpEvents index, Newcomers newcomers) : JobKind
{
    readonly FoundNotes _found = new(index);

    public override int Kind => 5300;
    public override string Capability => "content-discovery";
    public override string Name => "Content discovery";

    public override string About =>
        "Notes that the people you follow, and those they follow, have lately replied to, reposted, liked and zapped. "
        + "Of somebody new it learns the follow list first; without one it shows what many different people did so to.";

    public override bool Personalized => true;

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("user", "For whom, as a key in hex; whoever asks unless said. \"p\" means the same.", false, []),
        new("max_results", "How many notes at most: 1 to 200.", false, []),
    ];

    public override JobExample Example { get; } = new([], [new("max_results", ["20"])]);

    public override Problem? Refuse(JobWork work) =>
        WorkParams.RefuseUser(work) ?? WorkParams.RefuseMax(work)
        ?? (WorkParams.Text(work).Length > 1_000 ? KindsProblems.InputTooLarge : null);

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var (user, words, max) = (WorkParams.User(work), WorkParams.Text(work), WorkParams.Max(work));
        await newcomers.LearnAsync(user, ct);
        var version = await index.VersionAsync(ct);
        var notes = await rank.ForAsync(user, words, max, ct);
        if (notes.Count < max)
        {
            var popular = await rank.ForAllAsync(user, words, max, ct);
            notes = [.. notes.Concat(popular).DistinctBy(note => note.Id).Take(max)];
        }

        return FoundNotes.Output(notes.Select(TagList.Of), version);
    }

    public override async Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct)
    {
        var user = WorkParams.User(work);
        var list = await index.ReplaceableAsync(10000, user, ct);
        var mutes = list?.TagsNamed("p").Select(tag => tag[1]).ToHashSet() ?? [];
        return await _found.VerifyAsync(
            output, WorkParams.Max(work),
            note =>
                note.Kind is not (1 or 30023) ? "It names something other than a note." :
                note.Pubkey == user ? "It names the user's own note." :
                mutes.Contains(note.Pubkey) ? "It names a note by somebody whom the user muted." :
                note.TagsNamed("e").Any(tag => tag is [_, _, _, "reply" or "root", ..]) ? "It names a reply." :
                !FoundNotes.HoldsWords(note, WorkParams.Text(work)) ? "It names a note without the words." :
                null,
            ct);
    }
}
