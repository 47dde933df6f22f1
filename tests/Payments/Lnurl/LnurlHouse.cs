using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Ledger;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.Tests.Support;
using DevnetMint = PoA.Nostr.Devnet.Mint.DevnetMint;

namespace PoA.Nostr.Tests.Payments.Lnurl;

/// <summary>Our LNURL server on a free port, with the real wallet, a mint, and one payee.</summary>
sealed class LnurlHouse : IAsyncDisposable
{
    readonly WebApplication _app;

    LnurlHouse(WebApplication app, DevnetMint mint, Payees payees)
    {
        (_app, Mint, Payees) = (app, mint, payees);
        Url = app.Urls.Single();
    }

    public string Url { get; }

    public DevnetMint Mint { get; }

    public Payees Payees { get; }

    public RecordingOutbox Outbox => (RecordingOutbox)_app.Services.GetRequiredService<IOutbox>();

    public Gifts Gifts => _app.Services.GetServices<IPaymentReceiver>().OfType<Gifts>().Single();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<LnurlHouse> OpenAsync(Postgres postgres, Action<LnurlOptions>? configure = null)
    {
        var mint = await Mints.StartAsync();
        var payees = new Payees();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(postgres.Db).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IOutbox, RecordingOutbox>().AddSingleton<ILnurlPayees>(payees);
        builder.Services.AddSingleton<IPaymentReceiver, Gifts>();
        builder.Services.AddSingleton(Options.Create(new CashuOptions
        {
            Mints = [mint.Url],
            Seed = Convert.ToHexStringLower([.. Guid.NewGuid().ToByteArray(), .. new byte[48]]),
        }));
        builder.Services.AddCashuWallet();
        builder.AddLnurl();
        builder.Services.PostConfigure<LnurlOptions>(options => configure?.Invoke(options));
        var app = builder.Build();
        app.MapLnurl();
        await app.StartAsync(Ct);
        app.Services.GetRequiredService<IOptions<LnurlOptions>>().Value.PublicUrl = app.Urls.Single();
        return new(app, mint, payees);
    }

    /// <summary>Somebody pays, and the wallet looks at its invoices.</summary>
    public async Task PayAsync(string bolt11)
    {
        var attempt = Mint.Network.Send(bolt11, "customer", ulong.MaxValue);
        Assert.Null(attempt.Reason);
        var log = _app.Services.GetRequiredService<OperationLog>();
        var runner = ActivatorUtilities.CreateInstance<RunOperations>(_app.Services);
        for (var tries = 0; tries < 3_000 && Gifts.Received.IsEmpty; tries++)
        {
            foreach (var op in await log.ClaimDueAsync(100, Ct)) await runner.RunAsync(op, Ct);
            await Task.Delay(20, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Mint.DisposeAsync();
        Payees.Dispose();
    }
}

/// <summary>One agent, whose zaps are gifts.</summary>
sealed class Payees : ILnurlPayees, IDisposable
{
    public SecretKey Key { get; } = SecretKey.Generate();

    public LnurlPayee? Find(string slug) => slug == "counter" ? new("counter", "The Counter", Key.Pubkey) : null;

    public ISigner Signer(string pubkey) => new OwnSigner(Key);

    public Task<PaymentPurpose> PurposeAsync(LnurlOrder order, CancellationToken ct) =>
        Task.FromResult(new PaymentPurpose("hire", order.Id.ToString()));

    public void Dispose() => Key.Dispose();
}

/// <summary>Where gifts go in these tests: nobody knows the word hire here, so that all of it ends here.</summary>
sealed class Gifts : IPaymentReceiver
{
    public string Word => ReceiveInvoice.GiftPurpose;

    public ConcurrentQueue<ReceivedPayment> Received { get; } = [];

    public async Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct)
    {
        await Books.PostAsync(tx, new Transfer(
            Uuid5.Of("test-gift", payment.Id.ToString()), payment.Source, "test:gifts", payment.Amount, "fund", "test"),
            ct);
        Received.Enqueue(payment);
    }
}

/// <summary>Keeps what would be published.</summary>
sealed class RecordingOutbox : IOutbox
{
    public ConcurrentQueue<OutboxEntry> Entries { get; } = [];

    public Task AddAsync(DbTransaction tx, IReadOnlyList<OutboxEntry> entries, CancellationToken ct)
    {
        foreach (var entry in entries) Entries.Enqueue(entry);
        return Task.CompletedTask;
    }
}
