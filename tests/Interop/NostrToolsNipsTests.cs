using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>What we write is read by nostr-tools, and what it writes by us, NIP by NIP.</summary>
[Suite("interop")]
public sealed class NostrToolsNipsTests : IDisposable
{
    readonly SecretKey _own = SecretKey.Generate();
    readonly SecretKey _other = SecretKey.Generate();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Nip13_work_is_counted_alike()
    {
        EventTemplate said = new(1, 1_700_000_000, [["t", "x"]], "ü \"work\"");
        var mined = Nip13Words.Mine(_own.Pubkey, said, 12, Ct);
        var id = CanonicalForm.Id(_own.Pubkey, mined);
        var tags = Array.Empty<string[]>();
        var unsigned = new { pubkey = _own.Pubkey, created_at = 1, kind = 1, tags, content = "" };

        var answers = await AskAsync(
            new { op = "work", id }, new { op = "work", id = new string('0', 63) + "1" },
            new { op = "mine", @event = unsigned, bits = 10 });

        Assert.Equal(Nip13Words.Bits(id), answers[0].GetInt32());
        Assert.InRange(answers[0].GetInt32(), 12, 256);
        Assert.Equal(Nip13Words.Bits(new string('0', 63) + "1"), answers[1].GetInt32());
        var theirs = answers[2];
        EventTemplate theirTemplate = new(
            1, theirs.GetProperty("created_at").GetInt64(),
            theirs.GetProperty("tags").Deserialize<string[][]>()!, theirs.Text("content"));
        var theirId = CanonicalForm.Id(_own.Pubkey, theirTemplate);
        Assert.Equal(theirs.Text("id"), theirId);
        Assert.Equal(10, Nip13Words.CommittedBits(new(theirId, "", 0, 1, theirTemplate.Tags, "", "")));
    }

    [Fact]
    public async Task Nip17_messages_are_opened_on_the_other_side()
    {
        var reply = new string('e', 64);
        var said = Nip17Words.Message([_other.Pubkey], "ü😀\n", 1_700_000_000, "plans", reply);
        var wraps = await Nip17Words.WrapAsync(new LocalSigner(_own), said, Now, Ct);

        var answers = await AskAsync(
            new { op = "open", secret = Secret(_other), wrap = Json(wraps[0]) },
            new { op = "open", secret = Secret(_own), wrap = Json(wraps[1]) },
            new
            {
                op = "message",
                secret = Secret(_own),
                receivers = new[] { _other.Pubkey },
                text = "ü😀\n",
                subject = "plans",
                reply,
            });

        foreach (var rumor in answers.Take(2))
        {
            Assert.Equal((_own.Pubkey, "ü😀\n"), (rumor.Text("pubkey"), rumor.Text("content")));
            Assert.Equal(CanonicalForm.Id(_own.Pubkey, said), rumor.Text("id"));
        }

        var theirs = answers[2].EnumerateArray().Select(Event).Single(wrap => wrap.Tag("p") == _other.Pubkey);
        var read = await Nip17Words.OpenAsync(new LocalSigner(_other), theirs, Ct);
        Assert.Equal((_own.Pubkey, "ü😀\n", "plans", reply), (read.Author, read.Text, read.Subject, read.ReplyTo));
    }

    [Fact]
    public async Task Nip59_wraps_are_opened_on_the_other_side()
    {
        EventTemplate said = new(1, 1_700_000_000, [["p", _other.Pubkey], ["t", "\"\\"]], "Are you going?");
        var wrap = await Nip59Words.WrapAsync(new LocalSigner(_own), _other.Pubkey, said, 1, 2, Ct);
        var rumor = new { kind = 1, created_at = said.CreatedAt, tags = said.Tags, content = said.Content };

        var answers = await AskAsync(
            new { op = "unwrap", secret = Secret(_other), wrap = Json(wrap) },
            new { op = "wrap", secret = Secret(_own), receiver = _other.Pubkey, @event = rumor });

        Assert.Equal(CanonicalForm.Id(_own.Pubkey, said), answers[0].Text("id"));
        Assert.Equal(said.Tags, answers[0].GetProperty("tags").Deserialize<string[][]>());
        var read = await Nip59Words.UnwrapAsync(new LocalSigner(_other), Event(answers[1]), Ct);
        Assert.Equal(_own.Pubkey, read.Pubkey);
        Assert.Equivalent(said, read.Said, strict: true);
    }

    [Fact]
    public async Task Nip19_texts_mean_the_same_on_both_sides()
    {
        var (key, id) = (_own.Pubkey, new string('e', 64));
        string[] relays = ["wss://a.example", "wss://ü.example"];
        (string Type, object Data, NostrEntity Entity)[] all =
        [
            ("npub", key, new NostrEntity.Profile(key, [])),
            ("note", id, new NostrEntity.Event(id, [])),
            ("nprofile", new { pubkey = key, relays }, new NostrEntity.Profile(key, relays)),
            ("nevent", new { id, relays, author = key, kind = 30_023 },
                new NostrEntity.Event(id, relays, key, 30_023)),
            ("naddr", new { identifier = "ünï:😀", pubkey = key, kind = 31_990, relays },
                new NostrEntity.Address(31_990, key, "ünï:😀", relays)),
            ("naddr", new { identifier = "", pubkey = key, kind = 10_002, relays },
                new NostrEntity.Address(10_002, key, "", relays)),
        ];

        var answers = await AskAsync(
        [
            .. all.Select(one => (object)new { op = "decode", text = Nip19Words.Write(one.Entity) }),
            .. all.Select(one => (object)new { op = "encode", type = one.Type, data = one.Data }),
            new { op = "decode", text = Nip19Words.Nsec(_own) },
            new { op = "encode", type = "nsec", data = Secret(_own) },
        ]);

        for (var i = 0; i < all.Length; i++)
        {
            var wanted = JsonSerializer.SerializeToNode(new { type = all[i].Type, data = all[i].Data });
            Assert.True(JsonNode.DeepEquals(wanted, JsonNode.Parse(answers[i].GetRawText())), answers[i].GetRawText());
            var read = Nip19Words.TryRead(answers[all.Length + i].GetString()!);
            Assert.Equivalent(all[i].Entity, read, strict: true);
        }

        Assert.Equal(Secret(_own), answers[^2].Text("data"));
        using var back = Nip19Words.TryReadSecret(answers[^1].GetString()!);
        Assert.Equal(_own.Pubkey, back!.Pubkey);
    }

    [Fact]
    public async Task Nip42_answers_are_made_alike_and_theirs_admits()
    {
        const string relay = "wss://relay.example/path";
        var answer = Assert.Single(
            await AskAsync(new { op = "answer", secret = Secret(_own), relay, challenge = "ü-challenge" }));

        var theirs = Event(answer);

        Assert.NotNull(VerifiedEvent.TryVerify(theirs, out _));
        Assert.Null(Nip42Words.Refuse(theirs, new(relay), "ü-challenge", Now));
        Assert.Equal(AuthProblems.WrongChallenge, Nip42Words.Refuse(theirs, new(relay), "other", Now));
        var ours = Nip42Words.Answer(relay, "ü-challenge", theirs.CreatedAt);
        Assert.Equivalent(
            ours, new EventTemplate(theirs.Kind, theirs.CreatedAt, theirs.Tags, theirs.Content), strict: true);
    }

    [Fact]
    public async Task Nip98_tokens_admit_on_the_other_side()
    {
        const string url = "https://api.example/a?b=c";
        var text = """{"a":"ü"}"""u8.ToArray();
        var body = JsonDocument.Parse(text).RootElement;
        var at = Now.ToUnixTimeSeconds();
        var withBody = Nip98Words.Header(_own.Sign(Nip98Words.Request("POST", url, text, at)));
        var without = Nip98Words.Header(_own.Sign(Nip98Words.Request("GET", url, [], at)));

        var answers = await RawAsync(
            new { op = "admit", token = withBody, url, method = "POST", body },
            new { op = "admit", token = without, url, method = "GET" },
            new { op = "admit", token = without, url = url + "d", method = "GET" },
            new { op = "admit", token = withBody, url, method = "POST", body = new { a = "b" } },
            new { op = "token", secret = Secret(_own), url, method = "POST", body },
            new { op = "token", secret = Secret(_own), url, method = "GET" });

        Assert.All(answers.Take(2), answer => Assert.True(answer.GetProperty("value").GetBoolean()));
        Assert.All(answers.Skip(2).Take(2), answer => Assert.NotEqual("", answer.Text("error")));
        var hash = Convert.ToHexStringLower(SHA256.HashData(text));
        var post = Nip98Words.TryRead(answers[4].Text("value"), out _)!.Event;
        var get = Nip98Words.TryRead(answers[5].Text("value"), out _)!.Event;
        Assert.Null(Nip98Words.Refuse(post, "POST", url, hash, Now));
        Assert.Equal(AuthProblems.WrongPayload, Nip98Words.Refuse(post, "POST", url, new('0', 64), Now));
        Assert.Null(Nip98Words.Refuse(get, "GET", url, null, Now));
    }

    /// <summary>The value of each operation; an error fails the test with what it says.</summary>
    static async Task<JsonElement[]> AskAsync(params object[] operations)
    {
        var answers = await RawAsync(operations);
        return
        [
            .. answers.Select(answer => answer.TryGetProperty("value", out var value)
                ? value
                : throw new InvalidOperationException(answer.GetRawText())),
        ];
    }

    static async Task<IReadOnlyList<JsonElement>> RawAsync(params object[] operations)
    {
        var lines = string.Concat(operations.Select(operation => JsonSerializer.Serialize(operation) + "\n"));
        var answers = await Node.RunAsync("nips.mjs", stdin: lines, ct: Ct);
        Assert.Equal(operations.Length, answers.Count);
        return answers;
    }

    static string Secret(SecretKey key) => Convert.ToHexStringLower(key.Reveal());

    static JsonElement Json(NostrEvent value) => JsonDocument.Parse(EventJson.Write(value)).RootElement;

    static NostrEvent Event(JsonElement value) =>
        EventJson.TryParse(JsonSerializer.SerializeToUtf8Bytes(value), out _)!;
}
