using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>The texts that a job works on: given, made by another job, or contents of events named by id.</summary>
public sealed class SourceTexts(LookUpEvents index, IEventFinder finder)
{
    const int InputsMax = 20;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null when there is text of a bearable size, and nothing else.</summary>
    public static Problem? Refuse(JobWork work) =>
        work.Inputs.Count == 0 ? KindsProblems.InputMissing :
        work.Inputs.Count > InputsMax ? KindsProblems.InputTooLarge with { Detail = $"More than {InputsMax} inputs." } :
        work.Inputs.Any(i => i.Type == JobInputType.Url) ? KindsProblems.InputUnsupported with { Detail = "A url." } :
        work.Inputs.Any(i => i.Type == JobInputType.Event && !Hex.Is32(i.Data)) ? KindsProblems.EventNotFound :
        work.Inputs.Sum(i => (long)i.Data.Length) > Limits.JobInputBytesMax ? KindsProblems.InputTooLarge :
        null;

    /// <summary>In the order of the inputs. Throws a problem when an event is nowhere to be found.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(JobWork work, CancellationToken ct)
    {
        List<string> ids = [.. work.Inputs.Where(i => i.Type == JobInputType.Event).Select(i => i.Data).Distinct()];
        if (ids.Count == 0) return [.. work.Inputs.Select(input => input.Data)];

        var found = (await index.ByIdAsync(ids, ct)).ToDictionary(e => e.Id, e => e.Content);
        if (found.Count < ids.Count)
        {
            string[] relays = [.. work.Inputs.Select(input => input.Relay).OfType<string>().Distinct().Take(5)];
            var filter = new Filter { Ids = [.. ids.Where(id => !found.ContainsKey(id))] };
            foreach (var e in await finder.FindAsync(filter, "index", relays, Patience, ct)) found[e.Id] = e.Content;
        }

        return [.. work.Inputs.Select(input =>
            input.Type != JobInputType.Event ? input.Data :
            found.TryGetValue(input.Data, out var content) ? content :
            throw new ProblemException(KindsProblems.EventNotFound with { Detail = $"It is {input.Data}." }))];
    }
}
