using System.Globalization;
using System.Text.RegularExpressions;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>Kind 5001: the sentences that say most of a text, word for word, within the length asked for.</summary>
public sealed partial class Summarization(SourceTexts sources) : JobKind
{
    const string SourceTag = "source";

    /// <summary>Two sentences more alike than this say the same, and one of them will do.</summary>
    const double SameAbove = 0.8;

    /// <summary>Each one's place is a tag of the result.</summary>
    const int SentencesMax = 300;

    /// <summary>Sentences of one paragraph of a summary.</summary>
    const int ParagraphSentencesMax = 3;

    public override int Kind => 5001;
    public override string Capability => "summarization";
    public override string Name => "Summary";
    public override Msat Price => Msat.FromSat(21);

    public override string About =>
        "The sentences that say most of your text, word for word and in their order, never longer than you ask. "
        + "Each one's place in the source is given with it. Nothing is invented, for nothing is written.";

    public override IReadOnlyList<JobKindParam> Params { get; } =
    [
        new("length", "\"N words\" (100 unless said), \"N sentences\" or \"N paragraphs\" at most.", false, []),
    ];

    public override JobExample Example { get; } = new(
        [new(
            "Nostr is a simple protocol for notes signed by their authors. Every author has a key, and every note is "
            + "signed with it. Relays keep notes and hand them on to whoever asks. A relay may refuse a note, and "
            + "then the author publishes the note on other relays. It rained on Tuesday. Because authors sign their "
            + "notes, no relay can change a note without being caught.",
            JobInputType.Text)],
        [new("length", ["30 words"])]);

    public override Problem? Refuse(JobWork work)
    {
        if (SourceTexts.Refuse(work) is { } problem) return problem;
        if (Length(work) is not { } length) return KindsProblems.Param("length", "like \"100 words\"");
        if (work.Inputs.Any(input => input.Type == JobInputType.Event)) return null;

        var sentences = Sentences.Of([.. work.Inputs.Select(input => input.Data)]);
        return RefuseLength(sentences, length);
    }

    public override async Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct)
    {
        var length = Length(work) ?? SummaryLength.Default;
        var sentences = Sentences.Of(await sources.ReadAsync(work, ct));
        if (RefuseLength(sentences, length) is { } problem) throw new ProblemException(problem);

        var chosen = Choose(sentences, length, ct);
        return new(Join(chosen, length.Unit), Tags: [.. chosen.Select(Tag)]);
    }

    /// <summary>Goes by the offsets that the output names, and splits nothing into sentences again.</summary>
    public override async Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct)
    {
        var texts = await sources.ReadAsync(work, ct);
        var rest = output.Content.AsMemory();
        foreach (var tag in output.Tags?.Where(tag => tag[0] == SourceTag) ?? [])
        {
            if (Quote(tag, texts) is not { } quote) return KindsProblems.Wrong("It names a place outside the source.");
            rest = rest.TrimStart();
            if (!rest.Span.StartsWith(quote)) return KindsProblems.Wrong("It says what the source does not say there.");
            rest = rest[quote.Length..];
        }

        return !rest.Span.IsWhiteSpace() || output.Content.Length == 0
            ? KindsProblems.Wrong("It holds more than it names the place of.")
            : VerifyLength(output, Length(work) ?? SummaryLength.Default);
    }

    static Problem? VerifyLength(JobOutput output, SummaryLength length)
    {
        var count = length.Unit switch
        {
            SummaryUnit.Words => Word().Count(output.Content),
            SummaryUnit.Sentences => output.Tags!.Count(tag => tag[0] == SourceTag),
            SummaryUnit.Paragraphs => output.Content.Split("\n\n").Length,
        };
        return count <= length.Count ? null : KindsProblems.Wrong($"It is {count} {length.Unit} long.");
    }

    static SummaryLength? Length(JobWork work) =>
        work.Any("length") is { } text ? SummaryLength.Parse(text) : SummaryLength.Default;

    static Problem? RefuseLength(List<Sentence> sentences, SummaryLength length) =>
        sentences.Count == 0 ? KindsProblems.InputMissing with { Detail = "There is no sentence in it." } :
        length.Unit == SummaryUnit.Words && sentences.Min(s => s.Words) > length.Count ? KindsProblems.LengthTooSmall :
        null;

    static List<Sentence> Choose(List<Sentence> sentences, SummaryLength length, CancellationToken ct)
    {
        var order = TextRank.Order(sentences, ct);
        var vectors = TextRank.Vectors(sentences);
        List<int> chosen = [];
        foreach (var next in order)
        {
            if (chosen.Any(other => TextRank.Similarity(vectors[other], vectors[next]) > SameAbove)) continue;
            if (Fits(sentences, chosen, next, length)) chosen.Add(next);
            if (chosen.Count == SentencesMax) break;
        }

        chosen.Sort();
        return chosen.ConvertAll(i => sentences[i]);
    }

    static bool Fits(List<Sentence> all, List<int> chosen, int next, SummaryLength length)
    {
        switch (length.Unit)
        {
            case SummaryUnit.Words: return chosen.Sum(i => all[i].Words) + all[next].Words <= length.Count;
            case SummaryUnit.Sentences: return chosen.Count < length.Count;
            default:
                if (all[next].Text.Contains("\n\n", StringComparison.Ordinal)) return false;
                var paragraphs = chosen.Select(i => all[i].Paragraph).Distinct().ToList();
                return paragraphs.Contains(all[next].Paragraph)
                    ? chosen.Count(i => all[i].Paragraph == all[next].Paragraph) < ParagraphSentencesMax
                    : paragraphs.Count < length.Count;
        }
    }

    static string Join(List<Sentence> chosen, SummaryUnit unit) => unit == SummaryUnit.Paragraphs
        ? string.Join("\n\n", chosen.GroupBy(s => s.Paragraph).Select(same => Join([.. same], SummaryUnit.Words)))
        : string.Join(' ', chosen.Select(sentence => sentence.Text));

    static string[] Tag(Sentence s) => [SourceTag, Number(s.Source), Number(s.Offset), Number(s.Text.Length)];

    static string? Quote(string[] tag, IReadOnlyList<string> texts)
    {
        if (tag.Length != 4) return null;

        var numbers = tag[1..].Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1).ToArray();
        var (source, offset, length) = (numbers[0], numbers[1], numbers[2]);
        return source >= 0 && source < texts.Count && offset >= 0 && length > 0
            && (long)offset + length <= texts[source].Length
                ? texts[source].Substring(offset, length)
                : null;
    }

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")]
    private static partial Regex Word();
}
