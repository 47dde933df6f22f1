using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm;

public class AdmissionTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    static readonly DvmOptions Options = new();
    static readonly Agent Agent = Seller("a", 0);

    [Fact]
    public void A_request_within_its_time_is_welcome_and_one_second_beyond_is_not()
    {
        Assert.Null(Refuse(-24 * 3600));
        Assert.Equal(DvmProblems.Expired, Refuse((-24 * 3600) - 1));
        Assert.Null(Refuse(900));
        Assert.Equal(DvmProblems.FromTheFuture, Refuse(901));
        Assert.Equal(DvmProblems.FromTheFuture, Refuse(long.MaxValue - Now.ToUnixTimeSeconds()));
        Assert.Equal(DvmProblems.Expired, Refuse(-Now.ToUnixTimeSeconds()));
    }

    [Fact]
    public void A_bid_below_the_price_is_refused_and_told_the_price()
    {
        var price = new Msat(2_000);
        Assert.Null(AdmitRequest.Refuse(new Msat(2_000), price));
        Assert.Null(AdmitRequest.Refuse(null, price));
        Assert.Equal(DvmProblems.BidTooLow with { Price = price }, AdmitRequest.Refuse(new Msat(1_999), price));
    }

    [Fact]
    public void An_open_job_goes_to_the_least_busy_agent_within_the_bid()
    {
        Agent[] selling = [Seller("a", 5_000), Seller("b", 1_000), Seller("c", 1_000)];
        var load = new Dictionary<string, int> { ["a"] = 0, ["b"] = 3, ["c"] = 1 };

        Assert.Equal("c", ChooseAgent.Among(selling, 5400, new(1_000), key => load[key], "id")!.Pubkey);
        Assert.Equal("a", ChooseAgent.Among(selling, 5400, null, key => load[key], "id")!.Pubkey);
        Assert.Equal(1_000, ChooseAgent.Among(selling, 5400, new(1), key => load[key], "id")!.Prices[5400].Value);
        Assert.Null(ChooseAgent.Among([], 5400, null, _ => 0, "id"));
    }

    [Fact]
    public void Equal_agents_get_equal_shares_and_every_process_chooses_alike()
    {
        Agent[] selling = [Seller("a", 0), Seller("b", 0), Seller("c", 0)];
        var turns = Enumerable.Range(0, 3_000)
            .Select(i => ChooseAgent.Among(selling, 5400, null, _ => 0, $"{i}")!.Pubkey).ToList();

        Assert.Equal(turns, Enumerable.Range(0, 3_000)
            .Select(i => ChooseAgent.Among([.. selling.Reverse()], 5400, null, _ => 0, $"{i}")!.Pubkey));
        Assert.All(turns.CountBy(turn => turn), share => Assert.InRange(share.Value, 900, 1_100));
    }

    [Fact]
    public void A_stranger_has_a_share_of_each_second_and_no_more()
    {
        var clock = new ManualClock(Now);
        var options = Microsoft.Extensions.Options.Options.Create<DvmOptions>(new() { StrangerJobsPerSecond = 10 });
        var lanes = new AdmissionLanes(new(null!, clock), options, clock);

        Assert.Equal(10, Enumerable.Range(0, 25).Count(_ => lanes.TryPass("stranger")));
        Assert.True(lanes.TryPass("another"));
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(5, Enumerable.Range(0, 25).Count(_ => lanes.TryPass("stranger")));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10, Enumerable.Range(0, 25).Count(_ => lanes.TryPass("stranger")));
    }

    /// <summary>The first id is that of the example in NIP-13.</summary>
    [Theory]
    [InlineData("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", "20", 20)]
    [InlineData("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", "40", 21)]
    [InlineData("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", "x", 0)]
    [InlineData("f00006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358", "20", 0)]
    public void Work_counts_as_far_as_it_was_committed_to(string id, string target, int bits) =>
        Assert.Equal(bits, AdmissionLanes.WorkOf(new(id, "", 0, 5400, [["nonce", "776797", target]], "", "")));

    static Problem? Refuse(long shift) => AdmitRequest.Refuse(
        new("", "", Now.ToUnixTimeSeconds() + shift, 5400, [], "", ""), Agent, Now, Options);

    static Agent Seller(string key, long price) =>
        new(key, key, key, key, key, null, new Dictionary<int, Msat> { [5400] = new(price) });
}
