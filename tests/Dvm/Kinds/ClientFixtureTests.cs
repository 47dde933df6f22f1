using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>
/// What the clients that people use read of our events, field by field, as their own parsers do: each file in
/// tests/vectors/clients names the parser and its commit, and what it takes each field to be.
/// </summary>
[Suite("slice")]
public sealed class ClientFixtureTests(KindsWorld world) : IClassFixture<KindsWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("amethyst")]
    [InlineData("noogle")]
    [InlineData("ndk")]
    public async Task Every_field_that_the_client_reads_is_what_it_takes_it_for(string client)
    {
        var path = Path.Combine(Repository.Root, "tests", "vectors", "clients", $"{client}.json");
        using var fixture = JsonDocument.Parse(await File.ReadAllTextAsync(path, Ct));
        List<(NostrEvent Request, NostrEvent Published)> all = [];
        foreach (var kind in world.Kinds) all.AddRange(await PublishedEvents.OfAsync(world, kind, Ct));
        var covered = 0;

        foreach (var read in fixture.RootElement.GetProperty("reads").EnumerateArray())
        {
            var of = all.Where(e => e.Published.Kind == read.GetProperty("kind").GetInt32()).ToList();
            covered += of.Count;
            foreach (var (request, published) in of) AssertRead(read, request, published);
        }

        Assert.True(covered >= fixture.RootElement.GetProperty("reads").GetArrayLength());
    }

    static void AssertRead(JsonElement read, NostrEvent request, NostrEvent published)
    {
        var field = read.GetProperty("field").GetString()!;
        var where = $"{published.Kind} {field} ({read.GetProperty("file")})";
        var type = read.GetProperty("type").GetString();
        string[]? allowed = read.TryGetProperty("one_of", out var list)
            ? [.. list.EnumerateArray().Select(one => one.GetString()!)]
            : null;
        switch (read.GetProperty("at").GetString())
        {
            case "content":
                using (var content = JsonDocument.Parse(published.Content))
                {
                    Assert.True(content.RootElement.TryGetProperty(field, out var value), where);
                    Assert.Equal(type, TypeOf(value));
                    if (allowed is not null) Assert.Contains(value.ToString().ToLowerInvariant(), allowed);
                }

                break;
            case "tag":
                var tag = Assert.IsType<string>(published.Tag(field));
                AssertTag(type, tag, request, where);
                if (allowed is not null) Assert.Contains(tag, allowed);
                break;
            default:
                AssertWhole(type, published.Content, allowed, read.TryGetProperty("value", out _), where);
                break;
        }
    }

    static void AssertTag(string? type, string value, NostrEvent request, string where)
    {
        var holds = type switch
        {
            "request" => value == request.Id,
            "customer" => value == request.Pubkey,
            "kind" => value == request.Kind.ToString(CultureInfo.InvariantCulture),
            "event" => JsonDocument.Parse(value).RootElement.GetProperty("id").GetString() == request.Id,
            _ => value.Length > 0,
        };
        Assert.True(holds, where);
    }

    static void AssertWhole(string? type, string content, string[]? allowed, bool ids, string where)
    {
        if (type == "long")
        {
            Assert.True(long.TryParse(content, NumberStyles.None, CultureInfo.InvariantCulture, out _), where);
            return;
        }

        if (type == "string")
        {
            Assert.Contains(content, allowed!);
            return;
        }

        var tags = JsonSerializer.Deserialize<string[][]>(content)!;
        Assert.NotEmpty(tags);
        Assert.All(tags, tag => Assert.Contains(tag[0], allowed!));
        if (ids) Assert.All(tags, tag => Assert.True(Hex.Is32(tag[1]), where));
    }

    static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.String => "string",
        JsonValueKind.Object => "object",
        _ => "other",
    };
}
