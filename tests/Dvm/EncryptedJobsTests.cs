using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

/// <summary>A secret request is answered in its own scheme, and its text is nowhere to be read.</summary>
[Suite("slice")]
public sealed class EncryptedJobsTests(Postgres postgres) : IClassFixture<Postgres>
{
    const string Secret = "the plaintext that nobody else may read";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Customer _customer = new();

    [Theory]
    [InlineData(Encryption.Nip04)]
    [InlineData(Encryption.Nip44)]
    public async Task Every_answer_is_in_the_scheme_of_the_request(Encryption scheme)
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        market.Kind.Work = async (work, partial, _) =>
        {
            await partial(work.Inputs[0].Data + " in part");
            return new(work.Inputs[0].Data + " done", Tags: [["source", work.Inputs[0].Data]]);
        };
        var request = await AskAsync(market, scheme, [["i", Secret, "text"], ["param", "case", "upper"]]);

        await market.ReceiveAsync(request, Ct);
        var answers = await market.AnswersAsync(request, Ct);

        Assert.Equal([7000, 7000, 6400], answers.Select(answer => answer.Kind));
        Assert.All(answers, answer => Assert.Equal(scheme, Form(answer.Content)));
        Assert.All(answers, answer => Assert.DoesNotContain("plaintext", JsonText(answer), StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.True(answer.HasTag("encrypted")));
        Assert.False(answers[2].HasTag("i"));
        Assert.Equal(Secret + " done", await ReadAsync(market, scheme, answers[2]));
        var partial = JsonSerializer.Deserialize<string[][]>(await ReadAsync(market, scheme, answers[1]))!;
        Assert.Contains(partial, tag => tag is ["status", "partial"]);
        Assert.Contains(partial, tag => tag is ["content", Secret + " in part"]);
    }

    [Theory]
    [InlineData(Encryption.Nip04)]
    [InlineData(Encryption.Nip44)]
    public async Task A_refusal_shows_its_code_and_hides_its_reason(Encryption scheme)
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var problem = DvmProblems.UnsupportedInput with { Detail = Secret };
        market.Kind.Refusal = _ => problem;
        var request = await AskAsync(market, scheme, [["i", Secret, "text"]]);

        await market.ReceiveAsync(request, Ct);
        var answer = await market.AnswerAsync(request, Ct);

        Assert.Equal(("error", problem.Code), (answer.Tag("status"), answer.Tag("code")));
        Assert.Equal(scheme, Form(answer.Content));
        Assert.DoesNotContain("plaintext", JsonText(answer), StringComparison.Ordinal);
        var told = JsonSerializer.Deserialize<string[][]>(await ReadAsync(market, scheme, answer))!;
        Assert.EndsWith(Secret, told.Single(tag => tag[0] == "content")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ciphertext_of_NIP_04_may_begin_with_the_version_byte_of_NIP_44()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        NostrEvent request;
        do request = await AskAsync(market, Encryption.Nip04, [["i", Secret, "text"]]);
        while (Convert.FromBase64String(request.Content.Split('?')[0])[0] != 2);

        await market.ReceiveAsync(request, Ct);

        Assert.Equal(Secret, await ReadAsync(market, Encryption.Nip04, (await market.AnswersAsync(request, Ct))[^1]));
    }

    [Fact]
    public async Task No_table_holds_the_plaintext()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var request = await AskAsync(market, Encryption.Nip44, [["i", Secret, "text"]]);
        await market.ReceiveAsync(request, Ct);
        await market.AnswersAsync(request, Ct);

        var row = await postgres.Db.OneAsync<string>(
            "select to_jsonb(j)::text from market.job j where id = @Id", new { request.Id }, Ct);
        Assert.DoesNotContain("plaintext", row, StringComparison.Ordinal);
        Assert.NotNull((await market.Get<ReadJob>().FindAsync(request.Id, Ct))!.Output);
    }

    [Fact]
    public async Task A_secret_output_goes_only_into_secret_jobs_of_the_same_customer()
    {
        await using var market = await JobMarket.StartAsync(postgres.Db, Ct);
        var first = await AskAsync(market, Encryption.Nip04, [["i", Secret, "text"]]);
        await market.ReceiveAsync(first, Ct);
        await market.AnswersAsync(first, Ct);

        var own = await AskAsync(market, Encryption.Nip44, [["i", first.Id, "job"]]);
        await market.ReceiveAsync(own, Ct);
        Assert.Equal(Secret, await ReadAsync(market, Encryption.Nip44, (await market.AnswersAsync(own, Ct))[^1]));

        foreach (var thief in new[] { _customer, new Customer() })
        {
            var open = thief.Request("", ["p", market.Agent.Pubkey], ["i", first.Id, "job"]);
            await market.ReceiveAsync(open, Ct);
            Assert.Equal(DvmProblems.ChainedJobUnknown.Code, (await market.AnswerAsync(open, Ct)).Tag("code"));
        }
    }

    async Task<NostrEvent> AskAsync(JobMarket market, Encryption scheme, string[][] secret)
    {
        var agent = market.Agent.Pubkey;
        var content = await _customer.Signer.EncryptAsync(scheme, agent, JsonSerializer.Serialize(secret), Ct);
        return _customer.Request(content, ["p", agent], ["encrypted"]);
    }

    async Task<string> ReadAsync(JobMarket market, Encryption scheme, NostrEvent answer) =>
        await _customer.Signer.DecryptAsync(scheme, market.Agent.Pubkey, answer.Content, Ct);

    /// <summary>Told by what the specifications say of the forms, not by our own reader.</summary>
    static Encryption Form(string content) =>
        content.Contains("?iv=", StringComparison.Ordinal) ? Encryption.Nip04 :
        Convert.FromBase64String(content)[0] == 2 ? Encryption.Nip44 :
        throw new FormatException(content);

    static string JsonText(NostrEvent e) => System.Text.Encoding.UTF8.GetString(EventJson.Write(e));
}
