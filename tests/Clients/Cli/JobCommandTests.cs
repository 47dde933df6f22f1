using PoA.Nostr.Cli;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Clients.Cli;

/// <summary>The command against a relay behind which an agent answers as the test says.</summary>
public sealed class JobCommandTests : IDisposable
{
    readonly SecretKey _agent = SecretKey.Generate();

    [Fact]
    public async Task A_result_ends_the_wait_with_zero()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) => Answers(relay, message, request =>
        [
            new(7_000, request.CreatedAt, [["status", "processing"], ["e", request.Id]], ""),
            new(6_400, request.CreatedAt, [["e", request.Id]], "42"),
        ]);

        Assert.Equal(0, await RunAsync("job", "5400", "{}", "--param", "a=b", "--relay", relay.Url));

        var sent = relay.Heard.OfType<ClientMessage.Publish>().Single().Event;
        Assert.Equal(5_400, sent.Kind);
        Assert.Contains(sent.Tags, tag => tag is ["i", "{}", "text"]);
        Assert.Contains(sent.Tags, tag => tag is ["param", "a", "b"]);
    }

    [Theory]
    [InlineData("fix-request", 12)]
    [InlineData("retry-later", 10)]
    [InlineData("go-elsewhere", 15)]
    public async Task A_failure_ends_with_the_code_of_its_recovery(string recovery, int exit)
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) => Answers(relay, message, request =>
        [
            new(
                7_000, request.CreatedAt,
                [["status", "error"], ["e", request.Id], ["code", "dvm/no"], ["recovery", recovery]], "No."),
        ]);

        Assert.Equal(exit, await RunAsync("job", "5400", "x", "--relay", relay.Url));
    }

    [Fact]
    public async Task Only_the_agent_reads_an_encrypted_request_and_we_its_answer()
    {
        await using var relay = await FakeRelay.StartAsync();
        string? read = null;
        relay.Instead = (session, message) => Answers(relay, message, request =>
        {
            var key = Nip44Words.ConversationKey(_agent, request.Pubkey);
            read = Nip44Words.TryDecrypt(key, request.Content, out _);
            return [new(6_400, request.CreatedAt, [["e", request.Id], ["encrypted"]], Nip44Words.Encrypt(key, "42"))];
        });

        var npub = Nip19Words.Npub(_agent.Pubkey);
        Assert.Equal(0, await RunAsync("job", "5400", "secret", "--to", npub, "--encrypt", "--relay", relay.Url));
        Assert.Equal("""[["i","secret","text"]]""", read);
    }

    [Fact]
    public async Task Silence_ends_with_the_advice_to_look_for_the_outcome()
    {
        await using var relay = await FakeRelay.StartAsync();

        Assert.Equal(11, await RunAsync("job", "5400", "x", "--relay", relay.Url, "--timeout", "0.3"));
    }

    [Fact]
    public async Task A_wrong_kind_is_refused_before_anything_is_sent()
    {
        await using var relay = await FakeRelay.StartAsync();

        Assert.Equal(12, await RunAsync("job", "1", "x", "--relay", relay.Url));
        Assert.Empty(relay.Heard);
    }

    public void Dispose() => _agent.Dispose();

    bool Answers(FakeRelay relay, ClientMessage message, Func<NostrEvent, EventTemplate[]> answers)
    {
        if (message is not ClientMessage.Publish(var request)) return false;
        foreach (var answer in answers(request)) relay.Add(_agent.Sign(answer));
        return false;
    }

    static Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, [JobCommand.Create()]);
}
