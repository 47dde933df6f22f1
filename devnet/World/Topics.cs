namespace PoA.Nostr.Devnet.World;

/// <summary>Something that people here talk about: the words that sentences are made of.</summary>
/// <param name="Name">The main hashtag.</param>
/// <param name="Hashtags">Others that go with it.</param>
/// <param name="Things">What one has, makes or looks at.</param>
/// <param name="Doings">What one did with it, in the past tense.</param>
/// <param name="Lessons">What one learned: whole sentences.</param>
sealed record Topic(string Name, string[] Hashtags, string[] Things, string[] Doings, string[] Lessons);

/// <summary>The communities of the seeded world.</summary>
static class Topics
{
    public static readonly IReadOnlyList<Topic> All =
    [
        new(
            "bitcoin", ["node", "mining", "privacy"],
            ["my full node", "a hardware signer", "the mempool", "a multisig vault", "an old seed backup"],
            ["restored", "verified", "reindexed", "moved to cold storage", "explained to my neighbour"],
            ["Verify the backup before you need it.", "Fees are lowest on Sunday mornings.",
                "Coin control is worth the ten minutes it takes to learn.", "A node of your own asks nobody."]),
        new(
            "lightning", ["ecash", "zaps", "payments"],
            ["a channel", "the watchtower", "a routing node", "an offline receive flow", "a cashu mint"],
            ["rebalanced", "opened", "tested", "closed", "wrote a script for"],
            ["Inbound liquidity is the hard part.", "Small channels cost more than they earn.",
                "Ecash makes tiny payments feel like nothing at all.", "Set the fee by what the channel is for."]),
        new(
            "gardening", ["tomatoes", "compost", "permaculture"],
            ["the tomato bed", "a compost heap", "the old apple tree", "raised beds", "a row of beans"],
            ["mulched", "pruned", "watered before sunrise", "replanted", "harvested"],
            ["Water the soil and not the leaves.", "Compost wants air more than anything.",
                "Beans first, then cabbage: the soil remembers.", "Slugs do not cross dry wood ash."]),
        new(
            "cooking", ["bread", "fermentation", "recipes"],
            ["a sourdough loaf", "lentil soup", "kimchi", "a pot of beans", "flatbread"],
            ["baked", "burned slightly", "cooked for twelve people", "salted too late", "fermented for a week"],
            ["Salt early, taste often.", "A wet dough forgives more than a dry one.",
                "Cast iron needs heat, patience and little else.", "The best spice is a hungry guest."]),
        new(
            "programming", ["dotnet", "rust", "opensource"],
            ["a parser", "the build", "a flaky test", "the storage layer", "a small library"],
            ["rewrote", "profiled", "deleted half of", "fuzzed", "documented"],
            ["Measure before and after, or it did not happen.", "The fastest code is the code that is not there.",
                "A test that cannot fail is a comment.", "Name things after the field's own words."]),
        new(
            "nostr", ["relays", "nip", "dvm"],
            ["a relay", "my follow list", "a client", "a data vending machine", "the outbox model"],
            ["tried", "migrated", "debugged", "wrote a draft about", "switched on"],
            ["Dedupe after you verify, not before.", "Your follows are worth more than your followers.",
                "A relay that says closed has still told you something.", "Read from where they write."]),
        new(
            "photography", ["film", "landscape", "darkroom"],
            ["a roll of film", "the harbour at dawn", "an old rangefinder", "fog over the valley", "a portrait series"],
            ["developed", "photographed", "printed", "scanned", "waited an hour for"],
            ["Go back when the light is bad.", "One lens for a month teaches more than ten.",
                "Expose for the shadows, develop for the highlights.", "The picture is made with the feet."]),
        new(
            "cycling", ["touring", "bikepacking", "repair"],
            ["a rear wheel", "the coast road", "a steel frame", "the pass before breakfast", "a bent hanger"],
            ["trued", "rode", "repaired by the roadside", "climbed", "repainted"],
            ["Carry one more tube than you think.", "Loose is fast until it is not.",
                "A quiet chain is a happy chain.", "Eat before you are hungry."]),
        new(
            "art", ["painting", "ai", "illustration"],
            ["a watercolour", "a linocut", "a generated landscape", "a sketchbook", "a mural plan"],
            ["finished", "framed", "abandoned twice", "traded for a zap", "started over on"],
            ["Stop one stroke before it is done.", "A prompt is a sketch, not a picture.",
                "Limit the palette and the picture finds itself.", "Draw the shadow and the thing appears."]),
        new(
            "books", ["reading", "philosophy", "history"],
            ["a history of money", "a thin novel", "a lighthouse keeper's letters", "essays on craft", "a guide"],
            ["read", "underlined most of", "lent away", "reread", "gave up on"],
            ["Read the footnotes first.", "A book you disagree with is worth two you do not.",
                "Old books answer the questions that new ones ask.", "Keep a pencil in every book."]),
    ];
}
