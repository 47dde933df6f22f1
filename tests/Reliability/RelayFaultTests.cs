using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>A whole instance among relays that are not its own and none too good.</summary>
[Suite("whole")]
public sealed class RelayFaultTests : IDisposable
{
    static readonly TimeSpan Slowness = TimeSpan.FromSeconds(1);
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TemporaryFolder _home = new();

    [Fact]
    public async Task A_dead_a_hung_and_a_slow_relay_will_do_and_so_will_jobs_from_before_the_first_start()
    {
        await using var slow = await FakeRelay.StartAsync();
        slow.Instead = (session, message) =>
        {
            _ = Task.Run(
                async () =>
                {
                    await Task.Delay(Slowness, Ct);
                    slow.Answer(session, message);
                },
                Ct);
            return true;
        };
        await using var hung = await FakeRelay.StartAsync();
        hung.Instead = (_, _) => true;
        using var customer = new Customer(slow.Url);
        var mixture = customer.Mixture(4).ToList();
        foreach (var request in mixture[..10]) Keep(slow, customer, request);

        await using var poa = await StartAsync([Dead(), hung.Url, slow.Url]);
        foreach (var request in mixture[10..]) Keep(slow, customer, request);

        Assert.Equal(mixture.Count, (await customer.AnsweredAsync()).Count);
        await new StopPoints(poa.Db).UntilAsync(StopPoints.Quiet);
        customer.Verify(slow.Kept);
    }

    [Fact]
    public async Task Forged_copies_come_first_the_real_one_from_five_relays_and_it_is_answered_once()
    {
        var relays = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => FakeRelay.StartAsync()));
        using var customer = new Customer(relays[0].Url);
        await using var poa = await StartAsync([.. relays.Select(relay => relay.Url)]);
        var real = customer.Request(5400, """{"kinds":[1]}""");
        var early = customer.Sign(5400, [["i", """{"kinds":[1]}""", "text"]], TimeSpan.FromHours(1));
        using var witness = new Customer(relays[0].Url);

        // Each link hears the forged copies before anything else; another job from there shows that they were read.
        foreach (var relay in relays)
        {
            relay.Add(real with { Sig = new('1', 128) });
            relay.Add(real with { Content = "other" });
            Keep(relay, witness, witness.Request(5400, """{"kinds":[7]}""", ["n", relay.Url]));
        }

        await witness.AnsweredAsync();
        foreach (var relay in relays) Keep(relay, customer, real);
        foreach (var relay in relays) Keep(relay, customer, early);
        var answers = await customer.AnsweredAsync();
        await new StopPoints(poa.Db).UntilAsync(StopPoints.Quiet);

        Assert.Equal(6400, answers[real.Id].Kind);
        Assert.Equal("dvm/from-the-future", answers[early.Id].Tag("code"));
        customer.Verify(relays.SelectMany(relay => relay.Kept).Where(kept => kept.Kind >= 6000));
        foreach (var relay in relays) await relay.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_word_a_relay_closes_with_and_however_little_it_sends_each_job_is_answered_once()
    {
        // Those that come round, each with a job that only it keeps.
        string[] words = ["auth-required: sign in", "rate-limited: slower", "error: busy", "no", "invalid: too much"];
        var relays = await Task.WhenAll(words.Select(_ => FakeRelay.StartAsync()));
        // Those that never serve us: what they keep, another one keeps too.
        string[] noes = ["blocked: not you", "restricted: members", "pow: 30", "unsupported: no"];
        var closed = await Task.WhenAll(noes.Select(_ => FakeRelay.StartAsync()));
        await using var cutting = await FakeRelay.StartAsync();
        cutting.Cut = 7;
        await using var whole = await FakeRelay.StartAsync();
        using var customer = new Customer(whole.Url);
        foreach (var (relay, word) in relays.Zip(words)) Closes(relay, word, times: 1);
        foreach (var (relay, word) in closed.Zip(noes)) Closes(relay, word, times: int.MaxValue);
        foreach (var n in Enumerable.Range(0, 40))
        {
            // Over twenty seconds: what lies within one second cannot be paged.
            string[][] tags = [["i", """{"kinds":[1]}""", "text"], ["n", $"{n}"]];
            Keep(cutting, customer, customer.Sign(5400, tags, TimeSpan.FromSeconds(-n / 2)));
        }

        foreach (var relay in relays) Keep(relay, customer, Job(customer, relay));
        foreach (var relay in closed)
        {
            var request = Job(customer, relay);
            relay.Add(request);
            Keep(cutting, customer, request);
        }

        FakeRelay[] all = [whole, cutting, .. relays, .. closed];
        await using var poa = await StartAsync([.. all.Select(relay => relay.Url)]);

        Assert.Equal(40 + words.Length + noes.Length, (await customer.AnsweredAsync()).Count);
        await new StopPoints(poa.Db).UntilAsync(StopPoints.Quiet);
        customer.Verify(all.SelectMany(relay => relay.Kept).Where(kept => kept.Kind >= 6000));
        Assert.All(relays, relay => Assert.True(relay.Heard.OfType<ClientMessage.Request>().Count() > 1));
        Assert.Contains(relays[0].Heard, said => said is ClientMessage.Auth);
        foreach (var relay in relays.Concat(closed)) await relay.DisposeAsync();
    }

    public void Dispose() => _home.Dispose();

    static NostrEvent Job(Customer customer, FakeRelay relay) =>
        customer.Request(5400, """{"kinds":[1]}""", ["n", relay.Url]);

    /// <summary>Closes so many questions with the words, and then serves.</summary>
    static void Closes(FakeRelay relay, string words, int times)
    {
        var left = times;
        if (words.StartsWith("auth", StringComparison.Ordinal))
        {
            relay.Greets = session => session.Send(new RelayMessage.Challenge("who are you?"));
        }

        relay.Instead = (session, message) =>
        {
            if (message is not ClientMessage.Request(var id, _) || Interlocked.Decrement(ref left) < 0) return false;
            session.Send(new RelayMessage.Closed(id, words));
            return true;
        };
    }

    static void Keep(FakeRelay relay, Customer customer, NostrEvent request)
    {
        relay.Add(request);
        customer.Owe(request);
    }

    async Task<Support.Poa> StartAsync(string[] urls)
    {
        string[] roles = ["jobs", "announce", "index"];
        var relays = new { relays = urls.Select(url => new { url, roles }) };
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "relays.json"), JsonSerializer.Serialize(relays), Ct);
        var poa = new Support.Poa { Home = _home.Path };
        await poa.InitializeAsync();
        return poa;
    }

    /// <summary>A relay at whose address nobody listens.</summary>
    static string Dead()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        return $"ws://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}";
    }
}
