using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// Clients and a relay that nobody here wrote: jobs of every kind sold, open and encrypted both ways, judged by what
/// the client's own library reads.
/// </summary>
[Suite("interop")]
public sealed class StrangersClientsTests(MarketOnTwoRelays market) : IClassFixture<MarketOnTwoRelays>
{
    static readonly string[] PublicTags =
        ["request", "e", "p", "encrypted", "amount", "status", "job", "code", "recovery", "alt"];

    /// <summary>What the orders below and their answers say, and their envelopes do not.</summary>
    static readonly string[] Secrets = ["words", "bitcoin", "max_results", "clean.txt", "CLEAN", "\"kinds", "length"];

    /// <summary>Kinds that the public schemas know for sure.</summary>
    static readonly int[] Checked = [0, 7000, 10002, 31990];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?> Ways => [.. Ways3()];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_job_of_every_kind_is_worked_on_and_answered_once(string library, string relay, string? scheme)
    {
        await using var customer = await PeerCustomer.StartAsync(library, market.Relay(relay), Ct);
        List<(JobOrder Order, NostrEvent Request)> sent = [];
        foreach (var order in Orders(scheme)) sent.Add((order, await customer.SendAsync(order, Ct)));

        Assert.Equal(market.Agents.SelectMany(agent => agent.Kinds).Order(), sent.Select(job => job.Order.Kind));
        foreach (var (order, request) in sent)
        {
            var answers = await customer.AnswersAsync(request.Id, Ct);
            var shown = $"{order.Kind}: {string.Join('\n', answers)}";

            Assert.True(answers is [{ Status: "processing", Event.Kind: 7000 }, .., { Status: "success" }], shown);
            Assert.Equal(order.Kind + 1_000, Assert.Single(answers, answer => answer.Event.Kind != 7000).Event.Kind);
            Assert.All(answers, answer => AssertEnvelope(answer, order, request));
            AssertResult(answers[^1], order, request);
        }
    }

    [Theory]
    [InlineData("nostr-tools", "npm", null)]
    [InlineData("nostr-tools", "devnet", "nip04")]
    [InlineData("ndk", "devnet", null)]
    [InlineData("ndk", "npm", "nip44")]
    public async Task A_job_that_is_wrong_is_told_why_and_what_to_do(string library, string relay, string? scheme)
    {
        await using var customer = await PeerCustomer.StartAsync(library, market.Relay(relay), Ct);
        var order = new JobOrder(5300, market.Agent(5300), scheme, [], [["max_results", "several"]]);

        var answer = Assert.Single(await customer.DoAsync(order, Ct));

        Assert.Equal((7000, "error", true), (answer.Event.Kind, answer.Status, answer.Verified));
        Assert.Equal("fix-request", answer.Tag("recovery"));
        Assert.StartsWith("kinds/", answer.Tag("code"), StringComparison.Ordinal);
        Assert.Contains("max_results", answer.Text, StringComparison.Ordinal);
        if (scheme is not null) AssertNothingInClear(answer, scheme);
    }

    [Theory]
    [InlineData("nostr-tools", "npm", "nip44")]
    [InlineData("ndk", "devnet", null)]
    public async Task The_result_of_one_job_is_the_input_of_the_next(string library, string relay, string? scheme)
    {
        await using var customer = await PeerCustomer.StartAsync(library, market.Relay(relay), Ct);
        var summary = Orders(scheme).Single(order => order.Kind == 5001);
        var first = (await customer.DoAsync(summary, Ct))[^1];

        var second = await customer.DoAsync(
            summary with { Inputs = [[first.Job, "job"]], Params = [["length", "1 sentences"]] }, Ct);

        Assert.Equal("success", second[^1].Status);
        Assert.NotEmpty(second[^1].Text);
        Assert.True(second[^1].Text.Length < first.Text.Length, second[^1].Text);
        Assert.Contains(second[^1].Text, first.Text, StringComparison.Ordinal);
    }

    /// <summary>Through our relay only: npm's neither stores nor serves a deletion.</summary>
    [Theory]
    [InlineData("nostr-tools", "devnet")]
    [InlineData("ndk", "devnet")]
    public async Task A_deleted_request_is_worked_on_no_more(string library, string relay)
    {
        await using var customer = await PeerCustomer.StartAsync(library, market.Relay(relay), Ct);
        var order = new JobOrder(5500, market.Agent(5500), null, [[market.EndlessFile, "url"]], []);
        var request = await customer.SendAsync(order, Ct);
        await customer.StartedAsync(request.Id, Ct);

        await customer.CancelAsync(request, Ct);
        var answers = await customer.AnswersAsync(request.Id, Ct);

        Assert.Equal(["processing", "error"], answers.Select(answer => answer.Status));
        Assert.Equal("job/cancelled", answers[^1].Tag("code"));
        Assert.Equal("give-up", answers[^1].Tag("recovery"));
    }

    [Theory]
    [InlineData("nostr-tools", "devnet")]
    [InlineData("nostr-tools", "npm")]
    [InlineData("ndk", "devnet")]
    [InlineData("ndk", "npm")]
    public async Task Every_agent_is_found_with_all_that_clients_read(string library, string relay)
    {
        await using var customer = await PeerCustomer.StartAsync(library, market.Relay(relay), Ct);
        var authors = market.Agents.Select(agent => agent.Pubkey).ToList();
        foreach (var kind in market.Agents.SelectMany(agent => agent.Kinds))
        {
            var query = new Dictionary<string, object> { ["kinds"] = Only(31990), ["#k"] = Only($"{kind}") };
            query["authors"] = authors;
            var found = Assert.Single(await customer.FindAsync(query, 1, Ct));

            Assert.Equal(market.Agent(kind), EventOf(found).Pubkey);
            AssertListing(found.GetProperty("profile"));
        }

        var (names, lists, beats) = (
            await OfAllAsync(customer, 0), await OfAllAsync(customer, 10002), await OfAllAsync(customer, 11998));

        Assert.All(names, one => Assert.Contains(
            one.GetProperty("profile").Text("name"), market.Agents.Select(agent => agent.Name)));
        Assert.All(lists, one => Assert.Equal(
            market.Relays.Order(), one.GetProperty("relays").Deserialize<string[]>()!.Select(Bare).Order()));
        Assert.All(beats, one => Assert.True(
            long.Parse(EventOf(one).Tag("expiration")!, null) > EventOf(one).CreatedAt));
    }

    [Fact]
    public async Task Every_event_that_reached_a_relay_meets_its_public_schema_and_no_job_has_two_results()
    {
        await using var customer = await PeerCustomer.StartAsync("nostr-tools", market.Relay("npm"), Ct);
        foreach (var scheme in (string?[])[null, "nip04", "nip44"])
        {
            foreach (var order in Orders(scheme)) await customer.DoAsync(order, Ct);
            await customer.DoAsync(new(5300, market.Agent(5300), scheme, [], [["max_results", "several"]]), Ct);
        }

        var authors = market.Agents.Select(agent => agent.Pubkey);
        var all = (await customer.FindAsync(new { authors, limit = 1_000 }, 60, Ct)).Select(EventOf).ToList();
        var lines = all.Select(e => $$"""{"event":{{Encoding.UTF8.GetString(EventJson.Write(e))}}}""" + '\n');
        var verdicts = await Node.RunAsync("schemata.mjs", stdin: string.Concat(lines), ct: Ct);

        var known = all.Zip(verdicts).Where(one => one.Second.GetProperty("known").GetBoolean()).ToList();
        Assert.All(known, one => Assert.True(
            one.Second.GetProperty("valid").GetBoolean(), $"{one.First.Kind}: {one.Second.GetProperty("errors")}"));
        Assert.All(Checked, kind => Assert.Contains(kind, known.Select(one => one.First.Kind)));
        Assert.All(
            all.Where(e => EventKinds.IsJobResult(e.Kind)).GroupBy(e => e.Tag("e")), results => Assert.Single(results));
    }

    IEnumerable<JobOrder> Orders(string? scheme)
    {
        const string Text =
            "Nostr is a simple protocol for notes signed by their authors. Every author has a key, and every note is "
            + "signed with it. Relays keep notes and hand their words on to whoever asks. It rained on Tuesday.";
        return new (int Kind, string[][] Inputs, string[][] Params)[]
        {
            (5000, [["<h1>Weather</h1><p>It rained on Tuesday.</p>", "text"]], []),
            (5001, [[Text, "text"]], [["length", "30 words"]]),
            (5300, [], [["max_results", "5"]]),
            (5301, [], [["max_results", "5"]]),
            (5302, [["bitcoin", "text"]], [["max_results", "5"]]),
            (5303, [["bitcoin", "text"]], [["max_results", "5"]]),
            (5400, [["""{"kinds":[1]}""", "text"]], []),
            (5500, [[market.CleanFile, "url"]], []),
        }.Select(job => new JobOrder(job.Kind, market.Agent(job.Kind), scheme, job.Inputs, job.Params));
    }

    static void AssertEnvelope(PeerAnswer answer, JobOrder order, NostrEvent request)
    {
        Assert.True(answer.Verified);
        Assert.Equal((order.Agent, request.Id), (answer.Event.Pubkey, answer.Job));
        Assert.Equal((request.Id, request.Pubkey), (answer.Event.Tag("e"), answer.Event.Tag("p")));
        Assert.NotEmpty(answer.Event.Tag("alt")!);
        if (order.Scheme is { } scheme) AssertNothingInClear(answer, scheme);
    }

    static void AssertNothingInClear(PeerAnswer answer, string scheme)
    {
        var e = answer.Event;
        Assert.Contains(e.Tags, tag => tag is ["encrypted"]);
        Assert.All(e.Tags, tag => Assert.Contains(tag[0], PublicTags));
        Assert.Equal(scheme == "nip04", e.Content.Contains("?iv=", StringComparison.Ordinal));
        var all = string.Join('\n', e.Tags.SelectMany(tag => tag).Append(e.Content));
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    static void AssertResult(PeerAnswer result, JobOrder order, NostrEvent request)
    {
        Assert.NotNull(result.Event.Tag("request"));
        Assert.Equal(
            order.Scheme is null ? order.Inputs.Select(input => input[0]) : [],
            result.Event.TagsNamed("i").Select(tag => tag[1]));
        Assert.True(result.Event.CreatedAt >= request.CreatedAt);
        switch (order.Kind)
        {
            case 5000: Assert.Contains("It rained on Tuesday.", result.Text, StringComparison.Ordinal); break;
            case 5001: Assert.StartsWith("Nostr is", result.Text, StringComparison.Ordinal); break;
            case 5300 or 5302:
                Assert.NotEmpty(Named(result));
                Assert.All(Named(result), tag => Assert.True(tag[0] is "e" or "a"));
                break;
            case 5301 or 5303:
                Assert.NotEmpty(Named(result));
                Assert.All(Named(result), tag => Assert.Equal("p", tag[0]));
                break;
            case 5400: Assert.True(long.Parse(result.Text, null) > 0); break;
            default: Assert.Equal("CLEAN", result.Text); break;
        }
    }

    static string[][] Named(PeerAnswer result)
    {
        var tags = JsonSerializer.Deserialize<string[][]>(result.Text)!;
        Assert.InRange(tags.Length, 0, 5);
        return tags;
    }

    /// <summary>What Amethyst's and Noogle's listings are made of.</summary>
    static void AssertListing(JsonElement listing)
    {
        Assert.NotEmpty(listing.Text("name"));
        Assert.NotEmpty(listing.Text("about"));
        Assert.Equal("free", listing.Text("amount"));
        Assert.True(listing.GetProperty("supportsEncryption").GetBoolean());
        Assert.True(listing.GetProperty("encryptionSupported").GetBoolean());
        Assert.False(listing.GetProperty("subscription").GetBoolean());
        Assert.True(listing.GetProperty("cashuAccepted").GetBoolean());
        Assert.True(listing.GetProperty("acceptsNutZaps").GetBoolean());
        Assert.True(listing.GetProperty("personalized").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.All(listing.GetProperty("nip90Params").EnumerateObject(), param => Assert.True(
            param.Value.TryGetProperty("required", out _) && param.Value.TryGetProperty("values", out _)));
    }

    Task<IReadOnlyList<JsonElement>> OfAllAsync(PeerCustomer customer, int kind) => customer.FindAsync(
        new { kinds = Only(kind), authors = market.Agents.Select(agent => agent.Pubkey) }, market.Agents.Count, Ct);

    static NostrEvent EventOf(JsonElement found)
    {
        Assert.True(found.GetProperty("verified").GetBoolean());
        return PeerCustomer.EventOf(found.GetProperty("event"));
    }

    static T[] Only<T>(T value) => [value];

    static string Bare(string url) => url.TrimEnd('/');

    static IEnumerable<TheoryDataRow<string, string, string?>> Ways3() =>
        from library in (string[])["nostr-tools", "ndk"]
        from relay in (string[])["devnet", "npm"]
        from scheme in (string?[])[null, "nip04", "nip44"]
        select new TheoryDataRow<string, string, string?>(library, relay, scheme);
}
