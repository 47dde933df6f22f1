using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// A customer with a key of their own: publishes jobs until a relay says OK, and then watches until each of them has
/// its terminal answer, however often the connection breaks.
/// </summary>
sealed class Customer(string relay) : IDisposable
{
    /// <summary>No answer in this time is none.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(100);
    static readonly int[] Answers = [7000, 6000, 6001, 6300, 6302, 6400, 6500];
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly SecretKey _key = SecretKey.Generate();
    readonly ConcurrentDictionary<string, NostrEvent> _owed = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, NostrEvent> _ends = new(StringComparer.Ordinal);

    public string Pubkey => _key.Pubkey;

    public SecretKey Key => _key;

    /// <summary>Requests that a relay has said OK to.</summary>
    public int Owed => _owed.Count;

    public NostrEvent Request(int kind, string input, params string[][] tags) =>
        Sign(kind, [["i", input, "text"], .. tags], TimeSpan.Zero);

    public NostrEvent Sign(int kind, string[][] tags, TimeSpan ahead, string content = "") => _key.Sign(
        new(kind, (TimeProvider.System.GetUtcNow() + ahead).ToUnixTimeSeconds(), tags, content));

    /// <summary>
    /// Work of every end: counts, a summary and a scan that are delivered, a filter that is refused, and a summary of
    /// an event that nobody has, which fails.
    /// </summary>
    public IEnumerable<NostrEvent> Mixture(int times) => Enumerable.Range(0, times).SelectMany(n => new[]
    {
        Request(5400, """{"kinds":[1]}""", ["n", $"{n}"]),
        Request(5001, Text, ["n", $"{n}"]),
        Request(5500, $"Harmless text, number {n}."),
        Request(5400, """{"nonsense":1}""", ["n", $"{n}"]),
        Sign(5001, [["i", Hex32(n), "event"], ["n", $"{n}"]], TimeSpan.Zero),
    });

    /// <summary>Returns when so many requests are owed.</summary>
    public async Task OwesAsync(int count)
    {
        using var tick = new PeriodicTimer(LookEvery);
        while (Owed < count) await tick.WaitForNextTickAsync(Ct);
    }

    /// <summary>Says it until the relay has said OK; then an answer is due.</summary>
    public async Task PublishAsync(IEnumerable<NostrEvent> requests)
    {
        var left = new Queue<NostrEvent>(requests);
        while (left.Count > 0)
        {
            try
            {
                await using var client = await RelayClient.ConnectAsync(relay, Ct);
                while (left.TryPeek(out var next))
                {
                    var (accepted, reason) = await client.PublishAsync(next, Ct);
                    Assert.True(accepted, reason);
                    Owe(left.Dequeue());
                }
            }
            catch (Exception e) when (IsBroken(e))
            {
                await Task.Delay(AgainAfter, Ct);
            }
        }
    }

    /// <summary>An answer is due on this one, however it reached a relay.</summary>
    public void Owe(NostrEvent request) => _owed[request.Id] = request;

    /// <summary>Waits until every request has its terminal answer, and returns them by the id of the request.</summary>
    public async Task<IReadOnlyDictionary<string, NostrEvent>> AnsweredAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                await using var client = await RelayClient.ConnectAsync(relay, patience.Token);
                await client.SendAsync($"""["REQ","answers",{Filter}]""", patience.Token);
                while (Unanswered.Any()) Hear(RelayClient.Event(await client.ReadAsync("EVENT", patience.Token)));
                return _owed.Keys.ToDictionary(id => id, id => _ends[id]);
            }
            catch (Exception e) when (IsBroken(e) && !patience.IsCancellationRequested)
            {
                await Task.Delay(AgainAfter, Ct);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{Unanswered.Count()} of {_owed.Count} are not answered: "
                    + string.Join(", ", Unanswered.Take(5).Select(id => $"{_owed[id].Kind} {id}")));
            }
        }
    }

    /// <summary>On all that the relay keeps: one terminal answer to each request, and nothing said twice.</summary>
    public async Task VerifyAsync()
    {
        await using var client = await RelayClient.ConnectAsync(relay, Ct);
        Verify(await client.QueryAsync(Filter, Ct));
    }

    /// <summary>The same on what several relays keep together.</summary>
    public void Verify(IEnumerable<NostrEvent> kept)
    {
        var answers = kept.DistinctBy(answer => answer.Id).ToList();
        Assert.All(answers, answer => Assert.NotNull(VerifiedEvent.TryVerify(answer, out _)));
        Assert.All(_owed.Keys, id =>
        {
            Assert.Single(answers, answer => Ends(answer, id));
            Assert.True(answers.Count(answer => answer.Tag("e") == id && Status(answer) == "processing") <= 1, id);
        });
        Assert.All(answers.Where(IsFailure), failure => Assert.False(string.IsNullOrEmpty(failure.Tag("code"))));
    }

    public static bool IsFailure(NostrEvent answer) => answer.Kind == 7000 && Status(answer) == "error";

    public void Dispose() => _key.Dispose();

    /// <summary>Results of all kinds that are sold, and feedback.</summary>
    string Filter => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["kinds"] = Answers,
        ["#p"] = new[] { Pubkey },
        ["limit"] = 1_000,
    });

    IEnumerable<string> Unanswered => _owed.Keys.Where(id => !_ends.ContainsKey(id));

    void Hear(NostrEvent answer)
    {
        if (answer.Tag("e") is { } id && (EventKinds.IsJobResult(answer.Kind) || IsFailure(answer))) _ends[id] = answer;
    }

    bool Ends(NostrEvent answer, string id) =>
        answer.Tag("e") == id && (answer.Kind == _owed[id].Kind + 1000 || IsFailure(answer));

    static string? Status(NostrEvent answer) => answer.Tag("status");

    /// <summary>The relay went away, or says nothing for long: it is asked again.</summary>
    static bool IsBroken(Exception e) =>
        e is WebSocketException or IOException || (e is OperationCanceledException && !Ct.IsCancellationRequested);

    static string Hex32(int n) => $"{n:x8}".PadLeft(64, 'e');

    const string Text =
        "A relay keeps what it has said yes to. A service answers what it has taken in. Whoever pulls the plug of one "
        + "of them finds both as they were. Then the plug is put back, and the work goes on. Nobody is told twice.";
}
