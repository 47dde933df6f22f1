namespace PoA.Nostr.Market.Agents;

/// <summary>
/// The agents that every installation starts with. Each sells those of its kinds that are offered here; one whose
/// kinds are all absent is not made.
/// </summary>
static class TemplateAgents
{
    internal static readonly IReadOnlyList<Template> All =
    [
        new("finder", "Finder",
            "Finds notes and people for you: what your follows care about, and what matches your words. "
            + "Every answer is computed from events that anybody can fetch and check.",
            [5300, 5301, 5302, 5303]),
        new("counter", "Counter",
            "Counts events: by filter, grouped by author, content, tag or thread. Exact numbers, recounted before "
            + "you get them.",
            [5400]),
        new("reader", "Reader",
            "Reads documents to you: the text of web pages, PDFs, word processor files, books and subtitles, and "
            + "nothing that the document does not say.",
            [5000]),
        new("summarizer", "Summarizer",
            "Shortens a text to the length you ask for. It takes sentences out of your text and writes none of its "
            + "own, so nothing in the summary is made up.",
            [5001]),
        new("scanner", "Scanner",
            "Looks for malware in a file by its address. Answers CLEAN, or what it found and where. It never runs "
            + "the file.",
            [5500]),
    ];

    internal sealed record Template(string Slug, string Name, string About, IReadOnlyList<int> Kinds);
}
