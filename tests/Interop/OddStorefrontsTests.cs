using Microsoft.AspNetCore.Http;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Tests.Nsite;
using PoA.Nostr.Tests.Support;
using Given = PoA.Nostr.Tests.Nsite.Given;

namespace PoA.Nostr.Tests.Interop;

/// <summary>Storefronts of agents that nobody thought of, and the list of them all, in a browser.</summary>
[Suite("interop")]
public class OddStorefrontsTests
{
    const string Hebrew = "\u05e1\u05d5\u05e4\u05e8 \u05d0\u05d9\u05e8\u05d5\u05e2\u05d9\u05dd";
    static readonly string[] Phone = ["dark-320"];
    static readonly string Long = new('W', 300);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Agents => ["without jobs", "long", "right to left"];

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task An_odd_agents_storefront_is_whole_on_the_smallest_phone(string which)
    {
        var files = StorefrontFiles.Of(Odd(which)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        await using var site = await LoopbackServer.StartAsync(http => AnswerAsync(http, files));

        foreach (var view in await BrowserView.OpenAsync(site.Url.AbsoluteUri, Phone, Ct)) view.AssertSound();
    }

    [Fact]
    public async Task The_list_of_agents_is_whole_on_the_smallest_phone()
    {
        await using var gateway = await GatewayPeer.StartAsync([]);

        foreach (var view in await BrowserView.OpenAsync(gateway.Url.AbsoluteUri, Phone, Ct)) view.AssertSound();
    }

    static AgentStorefrontData Odd(string which) => which switch
    {
        "without jobs" => Given.Counter with
        {
            Offers = [],
            Relays = [],
            Record = StorefrontRecord.None,
            LightningAddress = null,
            License = null,
        },
        "long" => Given.Counter with
        {
            Name = Long,
            About = Long,
            Relays = [$"wss://{Long}.example"],
            LightningAddress = $"{Long}@pay.example",
            Record = new(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue),
            Proofs = [new(Long, "https://proof.example/" + Long)],
            Offers =
            [
                .. Given.Counter.Offers.Select(offer => offer with
                {
                    Name = Long,
                    About = Long,
                    Price = Msat.FromSat(21_000_000_00_000_000),
                    Params = [new(Long, Long, true, [Long])],
                }),
            ],
        },
        _ => Given.Counter with { Name = Hebrew, About = $"{Hebrew}, {Hebrew}. Counter 5400!" },
    };

    static async Task AnswerAsync(HttpContext http, Dictionary<string, StorefrontFile> files)
    {
        var path = http.Request.Path.Value!;
        if (!files.TryGetValue(path == "/" ? "/index.html" : path, out var file))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = file.MediaType;
        await http.Response.Body.WriteAsync(file.Bytes);
    }
}
