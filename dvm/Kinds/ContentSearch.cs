using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5302: notes and articles that hold the words, newest first.</summary>
public sealed class ContentSearch(SearchNotes search, LookUpEvents index) : JobKind
{
    const int QueryLengthMax = 1_000;

    readonly FoundNotes _found = new(index);

    public override int Kind => 5302;
    public override string Capability => "content-search";
    public override string Name => "Content search";

    public override string About =>
        "Notes and articles that hold every one of your words, in any language, newest first; the beginning of a word "
        + "is enough.";

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("users", "Only notes by these: a JSON array of p tags, or keys in hex.", false, []),
        new("since", "Not older than this, in seconds since 1970.", false, []),
        new("until", "Not newer than this, in seconds since 1970.", false, []),
        new("max_results", "How many notes at most: 1 to 200.", false, []),
    ];

    public override JobExample Example { get; } =
        new([new("bitcoin", JobInputType.Text)], [new("max_results", ["20"])]);

    public override Problem? Refuse(JobWork work)
    {
        var text = WorkParams.Text(work);
        return text.Length > QueryLengthMax ? KindsProblems.InputTooLarge :
            Terms.Of(text, 1).Count == 0 ? KindsProblems.InputMissing with { Detail = "A search needs words." } :
            WorkParams.ReadKeys(work, "users", out _) ?? WorkParams.RefuseTime(work, "since")
            ?? WorkParams.RefuseTime(work, "until") ?? WorkParams.RefuseMax(work);
    }

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        WorkParams.ReadKeys(work, "users", out var users);
        var version = await index.VersionAsync(ct);
        var notes = await search.SearchAsync(
            WorkParams.Text(work), users, WorkParams.Time(work, "since"), WorkParams.Time(work, "until"),
            WorkParams.Max(work), ct);
        return FoundNotes.Output(notes.Select(TagList.Of), version);
    }

    public override Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct)
    {
        WorkParams.ReadKeys(work, "users", out var users);
        var (since, until) = (WorkParams.Time(work, "since"), WorkParams.Time(work, "until"));
        return _found.VerifyAsync(
            output, WorkParams.Max(work),
            note =>
                note.Kind is not (1 or 30023) ? "It names something other than a note." :
                users is not null && !users.Contains(note.Pubkey) ? "It names a note by somebody else." :
                note.CreatedAt < since || note.CreatedAt > until ? "It names a note of another time." :
                !FoundNotes.HoldsWords(note, WorkParams.Text(work)) ? "It names a note without the words." :
                null,
            ct);
    }
}
