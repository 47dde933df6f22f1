using System.Security.Cryptography;
using PoA.Nostr.Devnet.Lightning;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Devnet.Lightning;

public sealed class LightningNetworkTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ManualClock _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_invoice_is_paid_once_and_the_payer_gets_its_preimage()
    {
        using var network = Open();
        var invoice = network.Issue(new("bob", 50_000, "tea"));

        var first = network.Send(invoice.Bolt11, "alice", 10_000);
        var again = network.Send(invoice.Bolt11.ToUpperInvariant(), "alice", 10_000);
        var other = network.Send(invoice.Bolt11, "carol", 10_000);

        Assert.Equal(AttemptState.Succeeded, first.State);
        Assert.Equal(invoice.PaymentHash, Hash(first.Preimage!));
        Assert.Equal(first, again);
        Assert.Equal("incorrect_or_unknown_payment_details", other.Reason);
        var settled = network.Find(invoice.PaymentHash)!;
        Assert.Equal((InvoiceState.Settled, 50_000UL), (settled.State, settled.PaidMsat));
    }

    [Fact]
    public void A_fee_above_the_limit_an_expired_and_an_unknown_invoice_fail_for_good()
    {
        using var network = Open();
        var invoice = network.Issue(new("bob", 50_000, "tea") { Expiry = 60 });

        Assert.Equal("fee_insufficient", network.Send(invoice.Bolt11, "alice", 1_049).Reason);
        Assert.Equal("no_route", network.Send("lnbcrt1x", "alice", 1_000).Reason);
        network.FailNext(1);
        Assert.Equal("temporary_channel_failure", network.Send(invoice.Bolt11, "alice", 1_050).Reason);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("incorrect_or_unknown_payment_details", network.Send(invoice.Bolt11, "alice", 1_050).Reason);
        Assert.Equal(0UL, network.Find(invoice.PaymentHash)!.PaidMsat);
    }

    [Fact]
    public async Task A_stalled_payment_flies_over_a_restart_and_ends_either_way()
    {
        string one, two;
        using (var network = Open())
        {
            network.StallNext(2);
            one = network.Issue(new("bob", 1_000, "")).Bolt11;
            two = network.Issue(new("bob", 1_000, "")).Bolt11;
            Assert.Equal(AttemptState.InFlight, network.Send(one, "alice", 9_999).State);
            Assert.Equal(AttemptState.InFlight, network.Send(two, "alice", 9_999).State);
        }

        using var again = Open();
        var (first, second) = (again.Find(one)!.PaymentHash, again.Find(two)!.PaymentHash);
        var ends = Task.WhenAll(again.EndOfAsync(first, "alice", Ct), again.EndOfAsync(second, "alice", Ct));
        again.Release(first, succeed: true);
        again.Release(second, succeed: false);

        Assert.Equal([AttemptState.Succeeded, AttemptState.Failed], (await ends).Select(end => end.State));
        Assert.Equal(AttemptState.Succeeded, again.Send(two, "alice", 9_999).State);
    }

    [Fact]
    public void A_hold_invoice_waits_for_its_preimage_or_goes_back()
    {
        using var network = Open();
        var preimage = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var held = network.Issue(new("bob", 1_000, "") { HoldHash = Hash(preimage) });
        var cancelled = network.Issue(new("bob", 1_000, "") { HoldHash = Hash(new('1', 64)) });
        Assert.False(network.Settle(preimage));
        network.Send(held.Bolt11, "alice", 9_999);
        network.Send(cancelled.Bolt11, "alice", 9_999);

        Assert.Equal(InvoiceState.Accepted, network.Find(held.PaymentHash)!.State);
        Assert.True(network.Settle(preimage) && network.Cancel(cancelled.PaymentHash));
        Assert.False(network.Settle(preimage) || network.Cancel(held.PaymentHash));
        Assert.Equal(preimage, network.AttemptOf(held.PaymentHash, "alice")!.Preimage);
        Assert.Equal(AttemptState.Failed, network.AttemptOf(cancelled.PaymentHash, "alice")!.State);
    }

    [Fact]
    public void Blocks_come_with_time_and_when_they_are_mined()
    {
        using var network = Open();
        var height = network.Height;
        network.Mine(3);
        _clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal(height + 5, network.Height);
    }

    LightningNetwork Open() => new(_folder.Path, _clock);

    static string Hash(string hex) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(hex)));
}
