using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Devnet.Lightning;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Lightning;

/// <summary>Invoices against npm bolt11: each reads what the other wrote, and the devnet's too.</summary>
[Suite("interop")]
public sealed class Bolt11PeerTests
{
    static readonly byte[] Secret = SHA256.HashData("node"u8);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Npm_bolt11_reads_ours_and_the_devnets_as_we_do()
    {
        using var network = new LightningNetwork(null, TimeProvider.System);
        string[] texts =
        [
            .. Enumerable.Range(1, 100).Select(i => Bolt11.Write(Some(i), Secret)),
            .. Enumerable.Range(1, 50).Select(i => network.Issue(new("n", (ulong)(i * i * 7_001), $"no. {i}")).Bolt11),
        ];

        var told = await Node.RunAsync("bolt11.mjs", stdin: JsonSerializer.Serialize(new { read = texts }), ct: Ct);

        Assert.Equal(texts.Length, told.Count);
        Assert.All(texts.Zip(told), pair => AssertSame(Bolt11.Read(pair.First), pair.Second));
    }

    [Fact]
    public async Task We_read_what_npm_bolt11_writes()
    {
        var wanted = Enumerable.Range(1, 100).Select(Some).ToList();
        var work = JsonSerializer.Serialize(new
        {
            secret = Convert.ToHexStringLower(Secret),
            write = wanted.Select(one => new
            {
                hash = one.PaymentHash,
                secret = one.PaymentSecret,
                description = one.Description,
                expiry = one.ExpirySeconds,
                cltv = one.FinalCltvDelta,
                msat = one.Amount!.Value.Value.ToString(CultureInfo.InvariantCulture),
                at = one.CreatedAt,
            }),
        });

        var written = await Node.RunAsync("bolt11.mjs", stdin: work, ct: Ct);

        Assert.Equal(wanted.Count, written.Count);
        Assert.All(wanted.Zip(written), pair =>
        {
            var read = Bolt11.Read(pair.Second.Text("text"));
            Assert.Equal(
                (pair.First.Amount, pair.First.PaymentHash, pair.First.Description, pair.First.ExpirySeconds),
                (read.Amount, read.PaymentHash, read.Description, read.ExpirySeconds));
            Assert.Equal(PoA.Nostr.Crypto.CurvePoint.OfSecret(Secret)!.ToHex(), read.Payee);
        });
    }

    static Bolt11Invoice Some(int i) => new(
        "bcrt", new(i * (long)Math.Pow(10, i % 8)), 1_800_000_000 + i,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"hash {i}"))),
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"secret {i}"))))
    {
        Description = $"Number {i}, ναί",
        ExpirySeconds = 60 * i,
        FinalCltvDelta = 20 + i,
        Features = [8, 14],
    };

    static void AssertSame(Bolt11Invoice ours, JsonElement theirs)
    {
        Assert.False(theirs.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal(ours.Network, theirs.Text("network"));
        Assert.Equal(ours.Amount!.Value.Value.ToString(CultureInfo.InvariantCulture), theirs.Text("msat"));
        Assert.Equal(
            (ours.CreatedAt, ours.Payee, ours.PaymentHash, ours.PaymentSecret, ours.Description),
            (theirs.GetProperty("at").GetInt64(), theirs.Text("payee"), theirs.Text("hash"), theirs.Text("secret"),
                theirs.Text("description")));
        var expiry = theirs.GetProperty("expiry");
        Assert.Equal(ours.ExpirySeconds, expiry.ValueKind == JsonValueKind.Null ? 3_600 : expiry.GetInt64());
    }
}
