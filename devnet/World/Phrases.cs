namespace PoA.Nostr.Devnet.World;

/// <summary>Sentences about a topic, put together from its words.</summary>
static class Phrases
{
    static readonly string[] Openings =
    [
        "Today I {1} {0}.", "Finally {1} {0}. It took longer than I thought.", "Third time that I {1} {0} this month.",
        "Good morning! Just {1} {0}.", "Nobody tells you this, but once you have {1} {0} there is no way back.",
        "I {1} {0} and learned something.", "Question: who else has {1} {0} lately?", "Small win: {1} {0}.",
    ];

    static readonly string[] Answers =
    [
        "Same here. {0}", "I would not have thought of that. {0}", "Not sure I agree. {0}", "This. {0}",
        "Thank you for writing it down. {0}", "How long did it take you? {0}", "Saved for later. {0}",
    ];

    static readonly string[] Titles =
    [
        "What {0} taught me", "A beginner's guide to {0}", "Notes on {0}", "{0}, one year later", "Why I {1} {0}",
    ];

    static readonly string[] Reactions = ["+", "+", "+", "🤙", "❤️", "🔥", "⚡", "🌱"];

    public static string Note(Seeded seeded, Topic topic, out string[] hashtags)
    {
        hashtags = seeded.Chance(0.6) ? [topic.Name, seeded.Pick(topic.Hashtags)] : [topic.Name];
        var said = Fill(seeded, seeded.Pick(Openings), topic);
        if (seeded.Chance(0.7)) said += " " + seeded.Pick(topic.Lessons);
        return said + " " + string.Join(' ', hashtags.Select(tag => "#" + tag));
    }

    public static string Answer(Seeded seeded, Topic topic) =>
        Fill(seeded, seeded.Pick(Answers).Replace("{0}", seeded.Pick(topic.Lessons), StringComparison.Ordinal), topic);

    public static string Reaction(Seeded seeded) => seeded.Pick(Reactions);

    public static string About(Seeded seeded, Person person) =>
        $"Mostly {person.Main.Name}, some {person.Side.Name}. {seeded.Pick(person.Main.Lessons)}";

    public static (string Title, string Summary, string Text) Article(Seeded seeded, Topic topic)
    {
        var title = Fill(seeded, seeded.Pick(Titles), topic);
        title = char.ToUpperInvariant(title[0]) + title[1..];
        var sections = topic.Lessons.Select(lesson =>
            $"## {lesson.TrimEnd('.')}\n\n{Fill(seeded, seeded.Pick(Openings), topic)} {lesson} "
            + $"{Fill(seeded, seeded.Pick(Openings), topic)}\n");
        return (title, seeded.Pick(topic.Lessons), $"# {title}\n\n" + string.Join('\n', sections));
    }

    static string Fill(Seeded seeded, string pattern, Topic topic) => pattern
        .Replace("{0}", seeded.Pick(topic.Things), StringComparison.Ordinal)
        .Replace("{1}", seeded.Pick(topic.Doings), StringComparison.Ordinal);
}
