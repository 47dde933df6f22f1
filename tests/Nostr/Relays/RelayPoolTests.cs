using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PoA.Nostr.Relays;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr.Relays;

public sealed class RelayPoolTests : IAsyncDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    static readonly Filter Jobs = new() { Kinds = [5_000], Limit = 0 };

    readonly SecretKey _key = SecretKey.Generate();
    readonly RelayPool _pool = new(
        new()
        {
            RetryMin = Soon,
            RetryMax = Soon * 5,
            PublishTimeout = TimeSpan.FromSeconds(2),
            AnswerTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = TimeSpan.FromSeconds(2),
        },
        null, null, TimeProvider.System, NullLogger<RelayPool>.Instance);

    [Fact]
    public async Task A_subscription_outlives_twenty_restarts_of_its_relay()
    {
        await using var relay = await FakeRelay.StartAsync();
        var heard = new ConcurrentQueue<string>();
        await using var live = await SubscribeAsync(relay, heard);
        var lives = 0;
        for (var i = 0; i < 20; i++)
        {
            lives = await live.LiveAgainAsync(lives, Ct);
            var sent = Event(i);
            relay.Add(sent);
            await UntilAsync(() => heard.Contains(sent.Id));
            await relay.StopAsync();
            await relay.ListenAsync();
        }

        Assert.Equal(20, heard.Distinct().Count());
    }

    [Theory]
    [InlineData("error: shutting down idle subscriptions")]
    [InlineData("go away")]
    [InlineData("ERROR: too many concurrent REQs")]
    public async Task A_subscription_that_the_relay_closed_is_asked_again(string reason)
    {
        await using var relay = await FakeRelay.StartAsync();
        var closed = 0;
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Request(var id, _) || closed++ > 0) return false;
            session.Send(new RelayMessage.Closed(id, reason));
            return true;
        };
        var heard = new ConcurrentQueue<string>();
        await using var live = await SubscribeAsync(relay, heard);

        await live.LiveAgainAsync(0, Ct);

        Assert.True(live.IsLive);
        Assert.Equal(1, relay.Connections);
    }

    [Fact]
    public async Task A_refused_subscription_counts_as_deaf_and_says_why()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Request(var id, _)) return false;
            session.Send(new RelayMessage.Closed(id, "blocked: not for you"));
            return true;
        };
        await using var live = await SubscribeAsync(relay, []);

        await UntilAsync(() => live.LastRefusal is { Word: RelayWord.Blocked });

        Assert.False(live.IsLive);
    }

    [Fact]
    public async Task A_question_that_is_not_understood_is_put_in_plainer_parts()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Request(var id, var filters)) return false;
            if (filters.Count == 1 && filters[0] is { Limit: not 0 }) return false;
            session.Send(new RelayMessage.Closed(id, "unsupported: one filter, and a limit"));
            return true;
        };
        var heard = new ConcurrentQueue<string>();
        await using var live = await _pool.Ours(relay.Url).SubscribeAsync(
            "jobs", [Jobs, Jobs with { Kinds = [5_001] }], Take(heard));

        await live.LiveAgainAsync(0, Ct);
        var (one, two) = (Event(1), Event(2, kind: 5_001));
        relay.Add(one);
        relay.Add(two);

        await UntilAsync(() => heard.Contains(one.Id) && heard.Contains(two.Id));
    }

    [Fact]
    public async Task We_sign_in_where_that_is_asked_and_a_flood_of_challenges_costs_nothing()
    {
        await using var relay = await FakeRelay.StartAsync();
        await using var pool = new RelayPool(
            new() { RetryMin = Soon }, new OwnSigner(_key), null, TimeProvider.System, NullLogger<RelayPool>.Instance);
        var signedIn = false;
        relay.Greets = session =>
        {
            for (var i = 0; i < 5_000; i++) session.Send(new RelayMessage.Challenge($"challenge-{i}"));
        };
        relay.Instead = (session, message) =>
        {
            switch (message)
            {
                case ClientMessage.Auth(var proof):
                    signedIn = VerifiedEvent.TryVerify(proof, out _) is not null && proof.Kind == 22_242
                        && proof.Tag("relay") == relay.Url && proof.Tag("challenge") == "challenge-4999";
                    session.Send(new RelayMessage.Ok(proof.Id, signedIn, ""));
                    return true;
                case ClientMessage.Request(var id, _) when !signedIn:
                    session.Send(new RelayMessage.Closed(id, "ERROR: auth-required: sign in"));
                    return true;
                case ClientMessage.Publish(var published) when !signedIn:
                    session.Send(new RelayMessage.Ok(published.Id, false, "auth-required: sign in"));
                    return true;
                default:
                    return false;
            }
        };
        await using var live = await pool.Ours(relay.Url).SubscribeAsync("jobs", [Jobs], Take([]));

        await live.LiveAgainAsync(0, Ct);

        Assert.True(signedIn);
        Assert.Single(relay.Heard.OfType<ClientMessage.Auth>());
    }

    [Fact]
    public async Task An_event_is_published_although_one_relay_is_dead_one_hangs_and_one_is_slow()
    {
        await using var slow = await FakeRelay.StartAsync();
        await using var hung = await FakeRelay.StartAsync();
        hung.Greets = session => session.Deaf = true;
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        var deadUrl = $"ws://127.0.0.1:{((IPEndPoint)dead.LocalEndpoint).Port}";
        dead.Stop();
        slow.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Publish) return false;
            _ = AnswerLateAsync(slow, session, message);
            return true;
        };
        foreach (var url in new[] { slow.Url, hung.Url, deadUrl }) _pool.Ours(url);

        var answers = _pool.Publish(Event(1), [deadUrl, hung.Url, slow.Url], Ct);

        Assert.True(await RelayPool.AnyAcceptsAsync(answers));
        Assert.False(answers[0].IsCompleted && answers[1].IsCompleted);
        var all = await Task.WhenAll(answers);
        Assert.Equal(
            [RelayOutcome.NoAnswer, RelayOutcome.NoAnswer, RelayOutcome.Accepted],
            all.Select(answer => answer.Outcome));
    }

    [Theory]
    [InlineData(false, "duplicate: have it", RelayOutcome.Accepted, false)]
    [InlineData(false, "rate-limited: slowly", RelayOutcome.Refused, true)]
    [InlineData(false, "blocked: not you", RelayOutcome.Refused, false)]
    [InlineData(false, "invalid: too old", RelayOutcome.Refused, false)]
    [InlineData(true, "", RelayOutcome.Accepted, false)]
    public async Task The_relays_word_decides_what_an_answer_means(
        bool accepted, string reason, RelayOutcome outcome, bool worthRetrying)
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Publish(var published)) return false;
            session.Send(new RelayMessage.Ok(published.Id, accepted, reason));
            return true;
        };
        _pool.Ours(relay.Url);

        var answer = await _pool.Publish(Event(1), [relay.Url], Ct)[0];

        Assert.Equal(outcome, answer.Outcome);
        Assert.Equal(worthRetrying, answer.WorthRetrying);
    }

    [Fact]
    public async Task A_relay_that_comes_back_takes_what_was_published_meanwhile()
    {
        await using var relay = await FakeRelay.StartAsync();
        var link = _pool.Ours(relay.Url);
        await UntilAsync(() => link.IsConnected);
        await relay.StopAsync();
        await UntilAsync(() => !link.IsConnected);

        var answer = _pool.Publish(Event(1), [relay.Url], Ct)[0];
        await relay.ListenAsync();

        Assert.Equal(RelayOutcome.Accepted, (await answer).Outcome);
    }

    [Fact]
    public async Task A_question_without_an_end_times_out_and_the_connection_stays()
    {
        await using var relay = await FakeRelay.StartAsync();
        relay.Instead = (_, message) => message is ClientMessage.Request;
        var link = _pool.Ours(relay.Url);

        var (end, _) = await link.AskAsync([Jobs], Take([]), Ct);

        Assert.Equal(AnswerEnd.TimedOut, end);
        Assert.True(link.IsConnected);
    }

    [Fact]
    public async Task Nonsense_and_giant_messages_cost_one_message_and_not_the_connection()
    {
        await using var relay = await FakeRelay.StartAsync();
        var heard = new ConcurrentQueue<string>();
        relay.Greets = session =>
        {
            session.SendRaw("not json"u8.ToArray());
            session.SendRaw("[\"EVENT\",\"jobs1-0\",{}]"u8.ToArray());
            session.SendRaw([(byte)'[', .. new byte[5 * 1024 * 1024]]);
            session.SendRaw("[\"OK\"]"u8.ToArray());
        };
        await using var live = await SubscribeAsync(relay, heard);
        await live.LiveAgainAsync(0, Ct);

        var sent = Event(1);
        relay.Add(sent);

        await UntilAsync(() => heard.Contains(sent.Id));
        Assert.Equal(1, relay.Connections);
    }

    [Fact]
    public async Task A_half_open_connection_is_noticed_and_replaced()
    {
        await using var relay = await FakeRelay.StartAsync();
        await using var pool = new RelayPool(
            new() { RetryMin = Soon, ProbeAfter = Soon * 4, AnswerTimeout = Soon * 10 }, null, null,
            TimeProvider.System, NullLogger<RelayPool>.Instance);
        FakeRelay.Session? first = null;
        relay.Greets = session => first ??= session;
        await using var live = await pool.Ours(relay.Url).SubscribeAsync("jobs", [Jobs], Take([]));
        await live.LiveAgainAsync(0, Ct);

        first!.Deaf = true;

        await live.LiveAgainAsync(1, Ct);
        Assert.Equal(2, relay.Connections);
    }

    [Fact]
    public void Strangers_are_not_dialled_without_somebody_who_vets_them() =>
        Assert.Null(_pool.Stranger("wss://relay.example"));

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _key.Dispose();
    }

    static async Task AnswerLateAsync(FakeRelay relay, FakeRelay.Session session, ClientMessage message)
    {
        await Task.Delay(300, Ct);
        relay.Answer(session, message);
    }

    Task<RelaySubscription> SubscribeAsync(FakeRelay relay, ConcurrentQueue<string> heard) =>
        _pool.Ours(relay.Url).SubscribeAsync("jobs", [Jobs], Take(heard));

    static Func<NostrEvent, ValueTask> Take(ConcurrentQueue<string> heard) => received =>
    {
        heard.Enqueue(received.Id);
        return ValueTask.CompletedTask;
    };

    NostrEvent Event(int i, int kind = 5_000) => _key.Sign(new(kind, 1_700_000_000 + i, [], $"{i}"));

    /// <summary>Looks again and again, until the test's own time is up.</summary>
    static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(5, Ct);
    }
}
