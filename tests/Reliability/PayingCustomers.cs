using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>
/// Customers of the summarizer who pay by token and from balances, take money out and put more in, accept what they
/// get or dispute it. Whatever is not answered they say again, as people do whose connection broke.
/// </summary>
sealed class PayingCustomers(Support.Poa poa, DevnetMint mint, MintGate gate) : IAsyncDisposable
{
    public const int PriceMsat = 21_000;
    const int DepositSat = 20_000;
    static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(10);
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerTimeMax };
    readonly Customer _crowd = new(poa.Relay.ToString());
    readonly ConcurrentDictionary<string, (SecretKey Key, CashuToken? Token, bool Disputes)> _jobs = new();
    readonly ConcurrentDictionary<string, byte> _said = new();
    readonly ConcurrentBag<Task> _errands = [];
    readonly SecretKey _spender = SecretKey.Generate();
    readonly SecretKey _saver = SecretKey.Generate();
    readonly SecretKey _leaver = SecretKey.Generate();
    readonly CancellationTokenSource _over = new();
    long _paidIn;
    int _deeds;
    Task _reacting = Task.CompletedTask;

    /// <summary>Whose balance pays for jobs.</summary>
    public string Spender => _spender.Pubkey;

    /// <summary>Who pays invoices of ours.</summary>
    public string Saver => _saver.Pubkey;

    public long PaidInSat => Interlocked.Read(ref _paidIn);

    public string[] Jobs => [.. _jobs.Keys];

    /// <summary>Where payouts go: a name nobody else is paid under.</summary>
    public string Payee { get; } = $"payee{Guid.NewGuid():n}"[..16];

    public async Task OpenAsync()
    {
        await PostUntilDoneAsync("/treasury/cashu", Token(DepositSat).Write(), null);
        foreach (var key in new[] { _spender, _leaver })
        {
            await PostUntilDoneAsync($"/balances/{key.Pubkey}/cashu", Token(DepositSat).Write(), null);
        }

        _reacting = ReactAsync();
    }

    public async Task DoAsync(PaidDeed deed)
    {
        switch (deed)
        {
            case PaidDeed.TokenJob or PaidDeed.FailingJob:
                var token = Token((PriceMsat / 1_000) + 4);
                await AskAsync(SecretKey.Generate(), deed == PaidDeed.FailingJob, token, ["cashu", token.Write()]);
                break;
            case PaidDeed.BalanceJob or PaidDeed.FailingBalanceJob or PaidDeed.Dispute:
                await AskAsync(_spender, deed == PaidDeed.FailingBalanceJob, null, ["pay", "balance"],
                    deed == PaidDeed.Dispute);
                break;
            case PaidDeed.Payout:
                _errands.Add(TakeOutAsync());
                break;
            default:
                _errands.Add(PutInAsync());
                break;
        }
    }

    /// <summary>Returns when every errand is done, and who was told that a token is no good has tried again.</summary>
    public async Task SettleAsync()
    {
        await Task.WhenAll(_errands).WaitAsync(TimeSpan.FromMinutes(3), Ct);
        foreach (var id in await poa.Db.ManyAsync<string>(
            "select id from market.job where status = 'quoted' and id = any(@Jobs)", new { Jobs }, Ct))
        {
            if (_jobs[id].Token is not { } token) continue;
            var payload = new { id, mint = token.Mint, unit = "sat", proofs = token.Proofs };
            await PostUntilDoneAsync("/payments/cashu", JsonSerializer.Serialize(payload, Wire), null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _reacting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var job in _jobs.Values) job.Key.Dispose();
        foreach (var key in new[] { _spender, _saver, _leaver }) key.Dispose();
        _crowd.Dispose();
        _over.Dispose();
        _http.Dispose();
    }

    CashuToken Token(long sat) => CashuToken.Parse(mint.Token(sat)) with { Mint = gate.Url };

    async Task AskAsync(SecretKey key, bool fails, CashuToken? token, string[] pay, bool disputes = false)
    {
        var nth = Interlocked.Increment(ref _deeds);
        string[] input = fails ? ["i", $"{nth:x8}".PadLeft(64, 'f'), "event"] : ["i", Text, "text"];
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var request = key.Sign(new(
            5_001, now, [input, ["param", "length", "1 sentences"], ["bid", "21000"], ["n", $"{nth}"], pay], ""));
        _jobs[request.Id] = (key, token, disputes);
        await _crowd.PublishAsync([request]);
    }

    async Task TakeOutAsync()
    {
        var order = JsonSerializer.Serialize(new
        {
            id = Guid.NewGuid(),
            amount_sat = 10 + (Interlocked.Increment(ref _deeds) % 30),
            to = $"{Payee}@{new Uri(mint.Url).Authority}",
        });
        await PostUntilDoneAsync("/payouts", order, _leaver);
    }

    async Task PutInAsync()
    {
        var sat = 5 + (Interlocked.Increment(ref _deeds) % 60);
        var answer = await PostUntilDoneAsync(
            $"/balances/{Saver}/invoices", JsonSerializer.Serialize(new { amount_sat = sat }), null);
        var invoice = JsonDocument.Parse(answer).RootElement.GetProperty("bolt11").GetString()!;
        Assert.Null(mint.Network.Send(invoice, "a saver", ulong.MaxValue).Reason);
        Interlocked.Add(ref _paidIn, sat);
    }

    async Task<string> PostUntilDoneAsync(string path, string body, SecretKey? signer)
    {
        while (true)
        {
            try
            {
                using var answer = await _http.SendAsync(Request(path, body, signer), Ct);
                var said = await answer.Content.ReadAsStringAsync(Ct);
                if (answer.IsSuccessStatusCode) return said;
                Assert.True((int)answer.StatusCode >= 500 || said.Contains("retry", StringComparison.Ordinal), said);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException
                || (e is OperationCanceledException && !Ct.IsCancellationRequested))
            {
                // The service is down, or was killed while it answered.
            }

            await Task.Delay(AgainAfter, Ct);
        }
    }

    HttpRequestMessage Request(string path, string body, SecretKey? signer)
    {
        var (url, bytes) = (poa.Status.Api + path, Encoding.UTF8.GetBytes(body));
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json");
        if (signer is null) return request;

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = Nip98Words.Header(signer.Sign(Nip98Words.Request("POST", url, bytes, now)));
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(header);
        return request;
    }

    /// <summary>Says + to every result, or - and then why not.</summary>
    async Task ReactAsync()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync(_over.Token))
        {
            foreach (var (job, result, agent, isDoubted) in await poa.Db.ManyAsync<(string, string, string, bool)>(
                SelectDelivered, new { Jobs }, _over.Token))
            {
                var (key, _, disputes) = _jobs[job];
                var word = !disputes ? "+" : isDoubted ? "- it is not what I asked for" : "-";
                if (!_said.TryAdd($"{job} {word}", 0)) continue;
                var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
                await _crowd.PublishAsync(
                    [key.Sign(new(7, now, [["e", result], ["p", agent], ["k", "6001"]], word))]);
            }
        }
    }

    static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    const string Text = "Money waits in escrow until the work is done. Then it goes to whoever did it, or back.";

    const string SelectDelivered = """
        select j.id, a.event_id, j.agent, j.doubted_at is not null
          from market.job j
          join market.job_answer a on a.job = j.id and a.kind = 6001
         where j.status = 'delivered' and j.id = any(@Jobs)
        """;
}
