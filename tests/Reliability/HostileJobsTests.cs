using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Dvm.Kinds;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// The reader of a whole instance is paid to read what was made to hurt it: each document gets a coded answer and its
/// money back, and the next honest one is read.
/// </summary>
[Suite("whole")]
public sealed class HostileJobsTests : IAsyncLifetime
{
    static readonly Dictionary<string, (Func<byte[]> Bytes, string Code)> Documents = new()
    {
        ["/bomb.docx"] = (() => MadeDocuments.Zip(
            ("word/document.xml", $"<w>{new string('a', 20_000_000)}</w>")), "kinds/input-too-large"),
        ["/blanks.odt"] = (() => MadeDocuments.Zip(
            ("content.xml", $"<a>{string.Concat(Enumerable.Repeat("<s c=\"1000\"/>", 100_000))}</a>")),
            "kinds/input-too-large"),
        ["/entity.docx"] = (() => MadeDocuments.Zip(
            ("word/document.xml", "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><w>&x;</w>")),
            "kinds/document-broken"),
        ["/broken.pdf"] = (() => [.. "%PDF-1.7\nnothing"u8], "kinds/document-broken"),
        ["/pictures.html"] = (() => [.. "<html><body><img src=x></body></html>"u8], "kinds/no-text"),
        ["/unknown"] = (() => [0, 1, 2, 3], "kinds/format-unknown"),
        ["/large"] = (() => new byte[17 * 1024 * 1024], "fetch/"),
    };

    readonly HttpClient _http = new(new SocketsHttpHandler());
    readonly Support.Poa _poa = new() { Settings = { ["Market__Prices__5000"] = "10" } };
    LoopbackServer _server = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LoopbackServer.StartAsync(async http => await http.Response.Body.WriteAsync(
            http.Request.Path == "/good"
                ? "<html><body><p>An honest page.</p></body></html>"u8.ToArray()
                : Documents[http.Request.Path!].Bytes(), Ct));
        _poa.Settings["Fetch__AllowedEndpoints__90"] = _server.Endpoint;
        await _poa.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _poa.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_hostile_document_gets_a_code_and_its_money_back()
    {
        using var customer = new Customer(_poa.Relay.ToString());
        using var made = await _http.PostAsync(
            $"{_poa.Status.Faucet}/token", new StringContent("""{"amount_sat":101}"""), Ct);
        var token = System.Text.Json.JsonDocument.Parse(await made.Content.ReadAsStringAsync(Ct)).RootElement;
        using var taken = await _http.PostAsync(
            $"{_poa.Status.Api}/balances/{customer.Pubkey}/cashu", new StringContent(token.Text("token")), Ct);
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync(Ct));

        // One after the other: what is looked at is each of them, not how many there can be at once.
        foreach (var (path, (_, code)) in Documents)
        {
            var request = Ask(customer, path);
            await customer.PublishAsync([request]);
            var answer = (await customer.AnsweredAsync())[request.Id];
            Assert.True(Customer.IsFailure(answer), path);
            Assert.StartsWith(code, answer.Tag("code"), StringComparison.Ordinal);
        }

        var account = AccountCode.Balance(customer.Pubkey);
        using (var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            while (await Books.BalanceAsync(_poa.Db, account, Ct) != Msat.FromSat(100))
            {
                await tick.WaitForNextTickAsync(Ct);
            }
        }

        var honest = Ask(customer, "/good");
        await customer.PublishAsync([honest]);
        var read = (await customer.AnsweredAsync())[honest.Id];
        Assert.Equal((6000, "An honest page."), (read.Kind, read.Content));
        var (audited, said) = await Support.Poa.RunAsync("audit", "--data", _poa.Data);
        Assert.True(audited == 0, said);
    }

    NostrEvent Ask(Customer customer, string path) => customer.Sign(
        5000, [["i", $"http://{_server.Endpoint}{path}", "url"], ["pay", "balance"]], TimeSpan.Zero);
}
