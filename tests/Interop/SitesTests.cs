using System.Text;
using System.Text.Json;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>
/// Sites as strangers' tools make, judge and see them: nsite-cli publishes one, the public schemas read our events,
/// Chromium opens every agent's storefront.
/// </summary>
[Suite("interop")]
public sealed class SitesTests(Poa poa) : IClassFixture<Poa>
{
    static readonly string[] Views = ["light-1100", "light-320", "dark-1100", "dark-360"];

    /// <summary>Of a start on a busy machine, and the second look at a server that was not up at the first.</summary>
    static readonly TimeSpan PublishedMax = TimeSpan.FromMinutes(6);

    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_that_nsite_cli_publishes_is_served()
    {
        using var key = SecretKey.Generate();
        var folder = Directory.CreateTempSubdirectory("poa-site-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "blog"));
        byte[] picture = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 255];
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<h1>the front</h1>", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "404.html"), "<h1>not here</h1>", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "blog", "index.html"), "<h1>the blog</h1>", Ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.png"), picture, Ct);

        var said = await Node.RunAsync(
            "nsite-cli.mjs",
            [folder, Convert.ToHexStringLower(key.Reveal()), poa.Status.Relay!, poa.Status.Blossom!], ct: Ct);
        Directory.Delete(folder, recursive: true);

        Assert.True(said[0].GetProperty("code").GetInt32() == 0, said[0].GetProperty("output").GetString());
        var host = Nip5AWords.RootLabel(key.Pubkey);
        Assert.Equal((200, "<h1>the front</h1>"), await ReadAsync(host, "/"));
        Assert.Equal((200, "<h1>the blog</h1>"), await ReadAsync(host, "/blog/"));
        Assert.Equal((404, "<h1>not here</h1>"), await ReadAsync(host, "/nowhere"));
        using var answer = await GetAsync(host, "/a.png");
        Assert.Equal(picture, await answer.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_says_where_a_storefront_is_meets_the_public_schemas()
    {
        List<NostrEvent> all = [];
        await using var relay = await RelayClient.ConnectAsync(poa.Status.Relay!, Ct);
        foreach (var agent in poa.Status.Agents) all.AddRange(await AnnouncedAsync(relay, agent));

        var lines = all.Select(e => $$"""{"event":{{Encoding.UTF8.GetString(EventJson.Write(e))}}}""" + '\n');
        var verdicts = await Node.RunAsync("schemata.mjs", stdin: string.Concat(lines), ct: Ct);

        Assert.Equal(all.Count, verdicts.Count);
        foreach (var (e, verdict) in all.Zip(verdicts))
        {
            // The schemas have no 34128 yet, or have it: the others they know for sure.
            if (e.Kind == 34128 && !verdict.GetProperty("known").GetBoolean()) continue;
            Assert.True(verdict.GetProperty("valid").GetBoolean(), $"{e.Kind}: {verdict.GetProperty("errors")}");
        }

        foreach (var agent in poa.Status.Agents)
        {
            var events = all.FindAll(e => e.Pubkey == agent.Pubkey);
            Assert.Equal([10063, 15128, 31990, 34128], events.Select(e => e.Kind).Distinct().Order());
            var manifest = events.Single(e => e.Kind == 15128);
            Assert.Equal(
                Nip5AWords.Files(manifest).Select(file => file.Path),
                events.Where(e => e.Kind == 34128).Select(e => e.Tag("d")!).Order(StringComparer.Ordinal));
            Assert.All(
                events.Where(e => e.Kind == 31990),
                e => Assert.Equal($"15128:{agent.Pubkey}:", e.Tag("latest")));
            Assert.True(manifest.TagsNamed("server").Count() >= 2);
        }
    }

    [Fact]
    public async Task Every_file_lies_on_each_server_that_the_manifest_names_and_each_server_speaks_of_itself()
    {
        await using var relay = await RelayClient.ConnectAsync(poa.Status.Relay!, Ct);
        var agent = poa.Status.Agents[0];
        var manifest = (await AnnouncedAsync(relay, agent)).Single(e => e.Kind == 15128);
        var servers = manifest.TagsNamed("server").Select(tag => tag[1]).ToList();

        Assert.InRange(servers.Distinct().Count(), 2, 3);
        foreach (var server in servers)
        {
            foreach (var file in Nip5AWords.Files(manifest))
            {
                using var head = new HttpRequestMessage(HttpMethod.Head, $"{server}/{file.Sha256}");
                using var answer = await Http.SendAsync(head, Ct);
                Assert.True(answer.IsSuccessStatusCode, $"{file.Path} is not on {server}.");
            }

            var listed = Node.ParseLine(await Http.GetStringAsync(new Uri($"{server}/list/{agent.Pubkey}"), Ct));
            Assert.All(
                listed.EnumerateArray(),
                blob => Assert.StartsWith(server, Text(blob, "url"), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_profile_of_each_agent_names_its_storefront_and_a_picture_that_is_there()
    {
        await using var relay = await RelayClient.ConnectAsync(poa.Status.Relay!, Ct);
        foreach (var agent in poa.Status.Agents)
        {
            await StorefrontAsync(agent);
            var told = await relay.QueryAsync($$"""{"authors":["{{agent.Pubkey}}"],"kinds":[0]}""", Ct);
            var profile = Node.ParseLine(Assert.Single(told).Content);
            var (website, picture) = (new Uri(Text(profile, "website")), new Uri(Text(profile, "picture")));

            using var icon = await GetAsync(agent.Npub, picture.AbsolutePath);

            Assert.Equal(
                poa.Status.Gateway!.Replace("://", $"://{agent.Npub}.", StringComparison.Ordinal) + "/",
                website.AbsoluteUri);
            Assert.True(website.IsBaseOf(picture), picture.AbsoluteUri);
            Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType?.MediaType);
            Assert.Contains("<svg", await icon.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_storefront_opens_in_a_browser_for_everybody()
    {
        foreach (var agent in poa.Status.Agents)
        {
            await StorefrontAsync(agent);
            var address = poa.Status.Gateway!.Replace("://", $"://{agent.Npub}.", StringComparison.Ordinal) + "/";

            var views = await BrowserView.OpenAsync(address, Views, Ct);

            foreach (var view in views)
            {
                view.AssertSound();
                Assert.Equal($"{agent.Name} – an agent for hire on Nostr", view.Text("title"));
            }

            foreach (var view in views.SkipLast(1)) Assert.Contains($"nostr:{agent.Npub}", view.Texts("codes"));
            AssertWorksWithoutScript(views[^1], agent);
            Assert.NotEqual(views[0].Text("background"), views[^2].Text("background"));
        }
    }

    static void AssertWorksWithoutScript(BrowserView view, AgentLine agent)
    {
        var kinds = view.Texts("jobs").Select(job => Node.ParseLine(job).GetProperty("kind").GetInt32());
        Assert.Contains(agent.Kinds[^1], kinds);
        var names = view.Texts("names");
        Assert.Contains($"heading: {agent.Name}", names);
        Assert.Contains("image: QR code of its public key", names);
        Assert.Contains($"link: Hire {agent.Name}", names);
        Assert.DoesNotContain("link: ", names);
    }

    static string Text(JsonElement told, string name) => told.GetProperty(name).ToString();

    /// <summary>Its front page, as soon as it is published: that is a moment after the service is ready.</summary>
    async Task StorefrontAsync(AgentLine agent)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(PublishedMax);
        while (true)
        {
            var (status, _) = await ReadAsync(agent.Npub, "/");
            if (status == 200) return;
            await Task.Delay(100, late.Token);
        }
    }

    /// <summary>
    /// All that says where its storefront is, once it lies on two servers: one that was slower to start than the
    /// service has it a minute later.
    /// </summary>
    static async Task<IReadOnlyList<NostrEvent>> AnnouncedAsync(RelayClient relay, AgentLine agent)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        late.CancelAfter(PublishedMax);
        while (true)
        {
            var events = await relay.QueryAsync(
                $$"""{"authors":["{{agent.Pubkey}}"],"kinds":[15128,34128,10063,31990]}""", late.Token);
            var manifest = events.FirstOrDefault(e => e.Kind == 15128);
            if (manifest?.TagsNamed("server").Count() >= 2
                && Nip5AWords.Files(manifest).Count == events.Count(e => e.Kind == 34128))
            {
                return events;
            }

            await Task.Delay(100, late.Token);
        }
    }

    async Task<(int Status, string Body)> ReadAsync(string label, string path)
    {
        using var answer = await GetAsync(label, path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    async Task<HttpResponseMessage> GetAsync(string label, string path)
    {
        var gateway = new Uri(poa.Status.Gateway!);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{gateway.Port}{path}"));
        request.Headers.Host = $"{label}.localhost";
        return await Http.SendAsync(request, Ct);
    }
}
