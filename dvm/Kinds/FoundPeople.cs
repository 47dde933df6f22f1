using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Checks an answer that names people: p tags of distinct keys, each meeting what was asked.</summary>
static class FoundPeople
{
    public static JobOutput Output(IEnumerable<string> keys) =>
        new(TagList.Write(keys.Select(key => new[] { "p", key })), "application/json");

    public static async Task<Problem?> VerifyAsync(
        JobOutput output, int max, Func<IReadOnlyList<string>, Task<string?>> wrong)
    {
        if (TagList.Read(output.Content) is not { } tags) return KindsProblems.Wrong("It is not an array of tags.");
        if (tags.Length > max) return KindsProblems.Wrong($"It names {tags.Length}, more than {max}.");
        if (!tags.All(tag => tag[0] == "p" && Hex.Is32(tag[1]))) return KindsProblems.Wrong("It names what is no key.");

        string[] keys = [.. tags.Select(tag => tag[1])];
        if (keys.Distinct().Count() < keys.Length) return KindsProblems.Wrong("Somebody is there twice.");

        return await wrong(keys) is { } fault ? KindsProblems.Wrong(fault) : null;
    }
}
