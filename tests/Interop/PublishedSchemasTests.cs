using System.Text;
using PoA.Nostr.Tests.Dvm.Kinds;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>What we publish, put to the public schemas of Nostr events.</summary>
[Suite("interop")]
public sealed class PublishedSchemasTests(KindsWorld world) : IClassFixture<KindsWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_that_is_published_meets_its_public_schema()
    {
        List<NostrEvent> all = [];
        foreach (var kind in world.Kinds)
        {
            all.AddRange((await PublishedEvents.OfAsync(world, kind, Ct)).Select(e => e.Published));
        }

        var lines = all.Select(e => $$"""{"event":{{Encoding.UTF8.GetString(EventJson.Write(e))}}}""" + '\n');

        var verdicts = await Node.RunAsync("schemata.mjs", stdin: string.Concat(lines), ct: Ct);

        Assert.Equal(all.Count, verdicts.Count);
        foreach (var (e, verdict) in all.Zip(verdicts).Where(pair => pair.Second.GetProperty("known").GetBoolean()))
        {
            Assert.True(verdict.GetProperty("valid").GetBoolean(), $"{e.Kind}: {verdict.GetProperty("errors")}");
        }

        Assert.Contains(verdicts, verdict => verdict.GetProperty("known").GetBoolean());
    }
}
