using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>Whatever a stranger sends to an agent is answered with a code, and never brings anything down.</summary>
[Suite("slice")]
public sealed class RefusedJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Customer _customer = new();

    public static TheoryData<string, string, string[][], long> Hostile => new()
    {
        { "dvm/too-many-tags", "", [.. Enumerable.Repeat<string[]>(["i", "x", "text"], 65)], 0 },
        { "dvm/expired", "", [["i", "x", "text"]], -25 * 3600 },
        { "dvm/expired", "", [["i", "x", "text"], ["expiration", "1700000000"]], 0 },
        { "dvm/from-the-future", "", [["i", "x", "text"]], 3600 },
        { "dvm/unsupported-input", "", [["i", "x", "hologram"]], 0 },
        { "dvm/unsupported-input", "", [], 0 },
        { "dvm/url-refused", "", [["i", "file:///etc/passwd", "url"]], 0 },
        { "dvm/url-refused", "", [["i", "http://user:pass@example.com/", "url"]], 0 },
        { "dvm/url-refused", "", [["i", "gopher://example.com/", "url"]], 0 },
        { "dvm/url-refused", "", [["i", "not a url at all", "url"]], 0 },
        { "dvm/wrongly-encrypted", "garbage", [["encrypted"]], 0 },
        { "dvm/wrongly-encrypted", "AgAA" + new string('A', 200), [["encrypted"]], 0 },
        { "dvm/wrongly-encrypted", "AAAAAAAAAAAAAAAAAAAAAA==?iv=AAAAAAAAAAAAAAAAAAAAAA==", [], 0 },
        { "dvm/chained-job-unknown", "", [["i", "nonsense", "job"]], 0 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_request_that_cannot_be_served_is_answered_with_its_code(
        string code, string content, string[][] tags, long shift)
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var request = _customer.Sign(5400, content, [["p", market.Agent.Pubkey], .. tags], Customer.Now + shift);

        await market.ReceiveAsync(request, Ct);
        var answer = await market.AnswerAsync(request, Ct);

        Assert.Equal((7000, "error", code), (answer.Kind, answer.Tag("status"), answer.Tag("code")));
        Assert.NotNull(answer.Tag("recovery"));
        Assert.NotEmpty(answer.Content);
        Assert.Equal(JobStatus.Rejected, (await market.Get<ReadJob>().FindAsync(request.Id, Ct))!.Status);
    }

    [Fact]
    public async Task A_request_whose_deletion_came_first_is_not_worked_on()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var (request, other) = (_customer.Ask(market.Agent, "x"), _customer.Ask(market.Agent, "y"));

        await market.ReceiveAsync(_customer.Sign(5, "", [["e", request.Id], ["k", "5400"]]), Ct);
        await market.ReceiveAsync(new Customer().Sign(5, "", [["e", other.Id], ["k", "5400"]]), Ct);
        await market.ReceiveAsync(request, Ct);
        await market.ReceiveAsync(other, Ct);

        Assert.Equal("job/cancelled", (await market.AnswerAsync(request, Ct)).Tag("code"));
        Assert.Equal(6400, (await market.AnswersAsync(other, Ct))[^1].Kind);
    }

    [Fact]
    public async Task A_deletion_outlives_a_restart_when_its_request_comes_after()
    {
        NostrEvent request;
        await using (var before = await JobMarket.StartAsync(postgres.Db, Ct))
        {
            request = _customer.Ask(before.Agent, "x");
            await before.Get<IndexEvents>().AddAsync(
                _customer.Sign(5, "", [["e", request.Id], ["k", "5400"]]), Ct);
        }

        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        await market.ReceiveAsync(request, Ct);

        Assert.Equal("job/cancelled", (await market.AnswerAsync(request, Ct)).Tag("code"));
    }

    [Fact]
    public async Task A_request_that_we_fall_over_is_answered_and_not_tried_for_ever()
    {
        var kind = new ScriptedKind { Refusal = _ => throw new InvalidCastException("Not thought of.") };
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct, kind);
        var request = _customer.Ask(market.Agent, "x");

        await market.ReceiveAsync(request, Ct);
        var answer = await market.AnswerAsync(request, Ct);

        Assert.Equal(("dvm/admission-failed", "tell-operator"), (answer.Tag("code"), answer.Tag("recovery")));
        Assert.DoesNotContain("Not thought of", answer.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_the_named_agent_does_not_sell_is_refused_by_it()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var agent = market.Agent with { Prices = new Dictionary<int, Msat>() };
        var request = _customer.Ask(agent, "x");
        Assert.Equal(
            DvmProblems.KindNotSold,
            AdmitRequest.Refuse(request, agent, TimeProvider.System.GetUtcNow(), new()));
    }

    [Fact]
    public async Task A_stranger_over_the_share_is_told_so_and_work_lifts_it()
    {
        await using var market = await JobMarket.StartAsync(
            postgres.Db, Ct, null, ("Dvm:StrangerJobsPerSecond", "1"), ("Dvm:WorkBitsMin", "4"));
        List<NostrEvent> requests = [.. Enumerable.Range(0, 20).Select(i => _customer.Ask(market.Agent, $"{i}"))];
        foreach (var request in requests) await market.ReceiveAsync(request, Ct);
        var codes = await Task.WhenAll(
            requests.Select(async request => (await market.AnswersAsync(request, Ct))[^1].Tag("code") ?? ""));
        Assert.Contains("", codes);
        Assert.Contains(DvmProblems.OverCapacity.Code, codes);

        var worked = Enumerable.Range(0, int.MaxValue)
            .Select(nonce => _customer.Ask(market.Agent, "worked", ["nonce", $"{nonce}", "4"]))
            .First(request => request.Id[0] == '0');
        await market.ReceiveAsync(worked, Ct);
        Assert.Equal("worked", (await market.AnswersAsync(worked, Ct))[^1].Content);
    }

    [Fact]
    public async Task Random_tags_and_contents_are_answered_or_served()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var seed = 1u;
        for (var round = 0; round < 200; round++)
        {
            List<string[]> tags = [["p", market.Agent.Pubkey]];
            for (var i = Next() % 8; i > 0; i--)
            {
                tags.Add([.. Enumerable.Range(0, (int)(Next() % 5)).Select(_ => Word())]);
            }

            var request = _customer.Request(Word(), [.. tags]);
            await market.ReceiveAsync(request, Ct);
            Assert.NotEmpty(await market.AnswersAsync(request, Ct));
        }

        uint Next() => seed = unchecked((seed * 1664525) + 1013904223) ^ (seed >> 13);
        string Word() => Words[Next() % Words.Length];
    }

    static readonly string[] Words =
    [
        "", "i", "input", "param", "bid", "relays", "output", "encrypted", "text", "url", "job", "event", "p", "e",
        "wss://", "ws://localhost:1", "-1", "99999999999999999999", "\0", "[[\"i\"]]", "[null]", "💥",
        "prompt", "expiration", "nonce", "AgAA", "?iv=", new('x', 3000),
    ];
}
