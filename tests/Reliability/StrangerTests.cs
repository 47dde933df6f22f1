using System.Globalization;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// What strangers send to the public door of a whole instance: each job gets a coded answer, what is no job gets none,
/// and the next good one is served.
/// </summary>
[Suite("whole")]
public sealed class StrangerTests(Support.Poa poa) : IClassFixture<Support.Poa>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string Relay => poa.Relay.ToString();

    /// <summary>By name: the request, and the code that its answer has.</summary>
    static readonly Dictionary<string, (Func<Customer, NostrEvent> Request, string Code)> Refused = new()
    {
        ["no input"] = (customer => customer.Sign(5400, [], default), "kinds/input-missing"),
        ["an input of an unknown type"] =
            (customer => customer.Sign(5400, [["i", "x", "telepathy"]], default), "dvm/unsupported-input"),
        ["an input without a value"] = (customer => customer.Sign(5001, [["i"]], default), "kinds/input-missing"),
        ["brackets without end"] =
            (customer => customer.Request(5400, new('[', 20_000)), "kinds/filter-invalid"),
        ["a filter of the wrong types"] =
            (customer => customer.Request(5400, """{"kinds":"one"}"""), "kinds/filter-invalid"),
        ["two thousand tags"] = (
            customer => customer.Sign(
                5400, [["i", "x", "text"], .. Enumerable.Repeat(new[] { "t", "x" }, 1_999)], default),
            "dvm/too-many-tags"),
        ["a day and an hour old"] = (
            customer => customer.Sign(5400, [["i", "{}", "text"]], TimeSpan.FromHours(-25)), "dvm/expired"),
        ["the metadata address"] = (
            customer => customer.Sign(5500, [["i", "http://169.254.169.254/latest/meta-data", "url"]], default),
            "fetch/"),
        ["a local address in octal"] = (
            customer => customer.Sign(5500, [["i", "http://0177.0.0.1:22/", "url"]], default), "fetch/"),
        ["a file"] = (
            customer => customer.Sign(5500, [["i", "file:///etc/passwd", "url"]], default), "dvm/url-refused"),
        ["a name and password"] = (
            customer => customer.Sign(5500, [["i", "http://a:b@example.com/", "url"]], default), "dvm/url-refused"),
        ["a job that is not there"] = (
            customer => customer.Sign(5001, [["i", new('a', 64), "job"]], default), "dvm/chained-job-unknown"),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_bad_job_gets_a_coded_answer_and_the_next_is_served(string name)
    {
        using var customer = new Customer(Relay);
        var (request, code) = Refused[name];
        var bad = request(customer);

        var answer = await AnswerToAsync(customer, bad);

        Assert.True(Customer.IsFailure(answer));
        Assert.StartsWith(code, answer.Tag("code"), StringComparison.Ordinal);
        await IsServedAsync();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("AAAA?iv=AAAA")]
    [InlineData("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_job_that_the_agent_cannot_open_is_told_so(string ciphertext)
    {
        using var customer = new Customer(Relay);

        var answer = await AnswerToAsync(customer, Encrypted(customer, ciphertext));

        Assert.Equal("dvm/wrongly-encrypted", answer.Tag("code"));
        await IsServedAsync();
    }

    [Fact]
    public async Task A_plaintext_that_is_no_list_of_tags_is_told_so_and_an_honest_one_is_served()
    {
        using var customer = new Customer(Relay);
        var key = Nip44Words.ConversationKey(customer.Key, Counter);

        var refused = await AnswerToAsync(customer, Encrypted(customer, Nip44Words.Encrypt(key, "[5]")));
        Assert.Equal("dvm/malformed", refused.Tag("code"));

        var request = Encrypted(customer, Nip44Words.Encrypt(key, """[["i","{\"kinds\":[1]}","text"]]"""));
        var answer = await AnswerToAsync(customer, request);
        Assert.Equal(6400, answer.Kind);
        var count = Nip44Words.TryDecrypt(key, answer.Content, out _);
        Assert.True(int.TryParse(count, CultureInfo.InvariantCulture, out _));
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task A_customer_whose_clock_is_ten_minutes_off_is_served_and_the_answer_is_not_older(int minutes)
    {
        using var customer = new Customer(Relay);
        var request = customer.Sign(5400, [["i", """{"kinds":[1]}""", "text"]], TimeSpan.FromMinutes(minutes));

        var answer = await AnswerToAsync(customer, request);

        Assert.Equal(6400, answer.Kind);
        Assert.True(answer.CreatedAt >= request.CreatedAt);
    }

    [Fact]
    public async Task Answers_to_hostile_relays_are_not_sent_there_and_still_come()
    {
        using var customer = new Customer(Relay);
        string[] hostile = ["relays", "ws://127.0.0.1:1", "ws://169.254.169.254", "ws://[::1]:22", "gopher://x", ""];

        var answer = await AnswerToAsync(customer, customer.Request(5400, """{"kinds":[1]}""", hostile));

        Assert.Equal(6400, answer.Kind);
    }

    [Theory]
    [InlineData("':*& | !( <-> \\ \"")]
    [InlineData("nul \u0001 and delete \u007f and half a pair \ud800")]
    [InlineData("%_%'; drop table market.job; --")]
    public async Task Strange_searches_end_like_others(string words)
    {
        using var customer = new Customer(Relay);
        NostrEvent request;
        try
        {
            request = customer.Request(5302, words);
        }
        catch (ProblemException)
        {
            // No relay keeps it, so nobody can send it.
            return;
        }

        await AnswerToAsync(customer, request);
        await IsServedAsync();
    }

    [Fact]
    public async Task What_the_relay_cannot_take_is_dropped_there()
    {
        using var customer = new Customer(Relay);
        await using var client = await RelayClient.ConnectAsync(Relay, Ct);
        var good = customer.Request(5400, """{"kinds":[1]}""");

        Assert.False((await client.PublishAsync(good with { Sig = new('0', 128) }, Ct)).Accepted);
        Assert.False((await client.PublishAsync(good with { Content = "other" }, Ct)).Accepted);
        Assert.False((await client.PublishAsync(customer.Request(5400, new('x', 70_000)), Ct)).Accepted);
        Assert.False((await client.PublishAsync(customer.Sign(5400, [], TimeSpan.FromHours(1)), Ct)).Accepted);
        await IsServedAsync();
    }

    string Counter => poa.Status.Agents.First(agent => agent.Kinds.Contains(5400)).Pubkey;

    NostrEvent Encrypted(Customer customer, string content) =>
        customer.Sign(5400, [["p", Counter], ["encrypted"]], default, content);

    static async Task<NostrEvent> AnswerToAsync(Customer customer, NostrEvent request)
    {
        await customer.PublishAsync([request]);
        return (await customer.AnsweredAsync())[request.Id];
    }

    /// <summary>By the same process as before.</summary>
    async Task IsServedAsync()
    {
        var pid = poa.Pid("server");
        using var customer = new Customer(Relay);
        Assert.Equal(6400, (await AnswerToAsync(customer, customer.Request(5400, """{"kinds":[1]}"""))).Kind);
        Assert.Equal(pid, poa.Pid("server"));
        await customer.VerifyAsync();
    }
}
