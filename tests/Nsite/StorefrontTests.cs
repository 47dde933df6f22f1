using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PoA.Nostr.Nsite.Storefront;

namespace PoA.Nostr.Tests.Nsite;

/// <summary>The files of a storefront, made from data.</summary>
public partial class StorefrontTests
{
    [Fact]
    public void The_same_data_gives_the_same_bytes_and_other_data_others()
    {
        Assert.Equal(Hash(Given.Counter), Hash(Given.Counter with { }));
        Assert.NotEqual(Hash(Given.Counter), Hash(Given.Counter with { About = "Counts otherwise." }));
        Assert.NotEqual(Hash(Given.Counter), Hash(Given.Counter with { Record = new(1_235, 1_201, 30, 4) }));
    }

    [Fact]
    public void It_says_what_the_agent_is_does_costs_and_has_done()
    {
        var page = Text(Given.Counter, "/index.html");

        foreach (var said in (string[])[
            "<h1 dir=\"auto\">Counter</h1>", "Counts events, exactly.", ">free<", ">21 sat<", "5400, answered by 6400",
            "One of <code>pubkey</code>, <code>content</code>", "1\u00a0200 <small>of 1\u00a0234 jobs that ended",
            "30 <small>of 1\u00a0234", "4 <small>of 1\u00a0234", "From 0 sat a job", "lightning:counter@pay.example",
            Given.Counter.Npub, "wss://relay.example", "https://code.example/counter", "5 minutes",
            "goes out after 24 hours",
            "nak event --prompt-sec wss://relay.example &lt; job-5400.json", "nak req -k 6400 -k 6001 -a npub1",
        ])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_agent_without_a_lightning_address_does_not_speak_of_wallets()
    {
        var poor = Given.Counter with { LightningAddress = null };

        Assert.DoesNotMatch("lightning:|lightning.svg|wallet", Text(poor, "/index.html"));
        Assert.DoesNotContain(StorefrontFiles.Of(poor), file => file.Path == "/lightning.svg");
    }

    /// <summary>A zap hires for a price alone, and nothing is quoted or held for what is free.</summary>
    [Fact]
    public void An_agent_that_works_for_nothing_speaks_neither_of_wallets_nor_of_payment()
    {
        var free = Given.Counter with { Offers = [Given.Counter.Offers[0]] };
        var page = Text(free, "/index.html");

        Assert.Contains("There is nothing to pay", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)lightning|invoice|zap", page);
        Assert.DoesNotContain(StorefrontFiles.Of(free), file => file.Path == "/lightning.svg");
    }

    [Fact]
    public void An_agent_that_sells_nothing_has_a_page_that_promises_nothing()
    {
        var page = Text(Given.Counter with { Offers = [], Record = StorefrontRecord.None }, "/index.html");

        Assert.Contains("Nothing for sale", page, StringComparison.Ordinal);
        Assert.Contains("none of its jobs has ended yet", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)job-|nak |class=\"button\"", page);
    }

    [Fact]
    public void Whatever_an_owner_writes_stays_text()
    {
        const string evil = """"><script>alert(1)</script><img src=x onerror='alert(2)'>&'"{{7*7}}</pre>"""";
        var offer = Given.Counter.Offers[0] with
        {
            Name = evil,
            About = evil,
            Params = [new(evil, evil, true, [evil])],
            Example = new([new(evil, JobInputType.Text)], [new(evil, [evil])], null, [], null),
        };
        var agent = Given.Counter with
        {
            Name = evil,
            About = evil,
            Offers = [offer],
            Relays = [evil],
            LightningAddress = evil,
            SourceUrl = evil,
            License = evil,
            Version = evil,
            Proofs = [new(evil, evil)],
        };

        foreach (var file in StorefrontFiles.Of(agent).Where(file => file.MediaType is "text/html" or "image/svg+xml"))
        {
            var text = Encoding.UTF8.GetString(file.Bytes);
            Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", text, StringComparison.Ordinal);
            Assert.DoesNotContain("onerror='", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_of_an_owner_is_no_script()
    {
        var agent = Given.Counter with
        {
            SourceUrl = "javascript:alert(1)",
            Proofs = [new("one", "javascript:alert(2)"), new("two", "data:text/html,x"), new("good", "/p.json")],
        };

        var links = Links().Matches(Text(agent, "/index.html")).Select(match => match.Groups[1].Value);

        Assert.All(links, link => Assert.Matches("^(/|#|nostr:|lightning:|https?://)", link));
        Assert.Contains("/p.json", links);
    }

    [Fact]
    public void Nothing_on_it_runs_or_comes_from_elsewhere()
    {
        foreach (var path in (string[])["/index.html", "/404.html"])
        {
            var page = Text(Given.Counter, path);
            Assert.Contains("default-src 'none'; style-src 'self'; img-src 'self'", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("(?i)<[^>]+ (on[a-z]+|style)=", page);
            var own = StorefrontFiles.Of(Given.Counter).Select(file => file.Path).ToHashSet();
            var loaded = Loaded().Matches(page).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(loaded);
            Assert.All(loaded, address => Assert.Contains(address, own));
        }

        Assert.DoesNotMatch("url\\(|@import", Text(Given.Counter, "/style.css"));
    }

    [Fact]
    public void Its_job_is_a_request_that_only_waits_for_a_signature()
    {
        foreach (var offer in Given.Counter.Offers)
        {
            using var json = JsonDocument.Parse(Text(Given.Counter, $"/job-{offer.Kind}.json"));
            Assert.Equal(["kind", "content", "tags"], json.RootElement.EnumerateObject().Select(member => member.Name));
            Assert.Equal(offer.Kind, json.RootElement.GetProperty("kind").GetInt32());
            var tags = json.RootElement.GetProperty("tags").Deserialize<string[][]>()!;
            Assert.Contains(tags, tag => tag is ["p", Given.Pubkey]);
            var read = Nip90Words.ReadRequest(tags, "");
            Assert.Equal(offer.Example.Inputs, read.Inputs);
            Assert.Equal(offer.Example.Params.Select(p => p.Name), read.Params.Select(p => p.Name));
            Assert.Equal(Given.Counter.Relays, read.Relays);
        }
    }

    [Fact]
    public void The_job_on_the_page_is_the_job_of_the_file()
    {
        var page = System.Net.WebUtility.HtmlDecode(Text(Given.Counter, "/index.html"));

        foreach (var offer in Given.Counter.Offers)
        {
            Assert.Contains(Text(Given.Counter, $"/job-{offer.Kind}.json").TrimEnd(), page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Programs_read_the_same_as_json()
    {
        using var json = JsonDocument.Parse(Text(Given.Counter, "/agent.json"));

        var offer = json.RootElement.GetProperty("offers")[1];
        Assert.Equal(Given.Pubkey, json.RootElement.GetProperty("pubkey").GetString());
        Assert.Equal(21_000, offer.GetProperty("price_msat").GetInt64());
        Assert.Equal("/job-5001.json", offer.GetProperty("job").GetString());
        Assert.Equal(1_234, json.RootElement.GetProperty("record").GetProperty("taken").GetInt64());
    }

    /// <summary>Some gateways decode no path, and relays take 64 KiB.</summary>
    [Fact]
    public void Its_paths_are_plain_and_its_manifest_is_small()
    {
        var files = StorefrontFiles.Of(Given.Counter).Select(file => file.Entry).ToList();

        Assert.All(files, file => Assert.Matches("^/[a-z0-9-]+\\.[a-z]+$", file.Path));
        Assert.Equal(files.Count, files.Select(file => file.Path).Distinct().Count());
        using var key = SecretKey.Generate();
        Assert.InRange(EventJson.Write(Given.Manifest(key, files, ["https://a.example"])).Length, 1, 8_000);
    }

    [Fact]
    public void Every_key_has_a_face_of_its_own_that_is_sound_xml()
    {
        HashSet<string> faces = [];
        for (var i = 0; i < 500; i++)
        {
            var pubkey = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)));
            var face = AgentFace.Svg(pubkey);
            XDocument.Parse(face);
            Assert.Equal(face, AgentFace.Svg(pubkey));
            Assert.InRange(AgentFace.OklchHueOf(pubkey), 0, 359);
            faces.Add(face);
        }

        Assert.InRange(faces.Count, 495, 500);
    }

    [Fact]
    public void Its_pictures_are_sound_xml() => Assert.All(
        StorefrontFiles.Of(Given.Counter with { About = "a & b < c " + new string('x', 300) })
            .Where(file => file.MediaType == "image/svg+xml"),
        file => XDocument.Parse(Encoding.UTF8.GetString(file.Bytes)));

    static string Hash(AgentStorefrontData agent) =>
        Nip5AWords.AggregateHash(StorefrontFiles.Of(agent).Select(file => file.Entry));

    static string Text(AgentStorefrontData agent, string path) =>
        Encoding.UTF8.GetString(StorefrontFiles.Of(agent).Single(file => file.Path == path).Bytes);

    [GeneratedRegex("<a [^>]*href=\"([^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("<(?:img|link|source|iframe|video)[^>]* (?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Loaded();
}
