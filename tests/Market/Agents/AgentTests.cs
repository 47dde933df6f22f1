using Microsoft.Extensions.Options;
using PoA.Nostr.Market;
using PoA.Nostr.Market.Agents;

namespace PoA.Nostr.Tests.Market.Agents;

public class AgentTests
{
    const string Agent = "aaaa";

    [Theory]
    [InlineData("a", true)]
    [InlineData("image-2-text", true)]
    [InlineData("0", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a--b", false)]
    [InlineData("A", false)]
    [InlineData("a_b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    [InlineData("../etc", false)]
    public void A_slug_is_letters_digits_and_single_dashes(string slug, bool sound) =>
        Assert.Equal(sound, Slug.Refuse(slug) is null);

    [Fact]
    public void A_slug_is_at_most_64_characters_long()
    {
        Assert.Null(Slug.Refuse(new string('a', 64)));
        Assert.NotNull(Slug.Refuse(new string('a', 65)));
    }

    [Fact]
    public void Capabilities_and_kinds_map_both_ways()
    {
        var mapper = new KindMapper(new Dictionary<string, int>());
        Assert.Equal(11, mapper.All.Count);
        Assert.All(mapper.All, pair => Assert.Equal(pair.Key, mapper.Capability(pair.Value)));
        Assert.Equal(5400, mapper.Kind("event-count"));
        Assert.Null(mapper.Kind("mind-reading"));
        Assert.Null(mapper.Capability(5999));
    }

    [Fact]
    public void Configuration_adds_pairs_and_one_stands_for_one()
    {
        var mapper = new KindMapper(new Dictionary<string, int> { ["page-rank"] = 5312, ["counting"] = 5400 });
        Assert.Equal(5312, mapper.Kind("page-rank"));
        Assert.Equal("counting", mapper.Capability(5400));
        Assert.Null(mapper.Kind("event-count"));
        Assert.Throws<ProblemException>(() => new KindMapper(new Dictionary<string, int> { ["note"] = 1 }));
        Assert.Throws<ProblemException>(() => new KindMapper(new Dictionary<string, int> { ["No Good"] = 5001 }));
    }

    [Fact]
    public void A_secret_opens_in_its_own_place_only()
    {
        using var vault = Vault('1');
        var dataKey = vault.NewDataKey(Agent);
        byte[] secret = [1, 2, 3];
        var sealedSecret = vault.Seal(Agent, dataKey, "nostr", secret);

        Assert.Equal(secret, vault.Open(Agent, dataKey, "nostr", sealedSecret));
        Unreadable(() => vault.Open(Agent, dataKey, "ed25519", sealedSecret));
        Unreadable(() => vault.Open("bbbb", dataKey, "nostr", sealedSecret));
        Unreadable(() => vault.Open(Agent, vault.NewDataKey(Agent), "nostr", sealedSecret));
        using var other = Vault('2');
        Unreadable(() => other.Open(Agent, dataKey, "nostr", sealedSecret));
    }

    [Fact]
    public void A_sealed_secret_with_any_bit_changed_does_not_open()
    {
        using var vault = Vault('1');
        var dataKey = vault.NewDataKey(Agent);
        var sealedSecret = vault.Seal(Agent, dataKey, "nostr", [1, 2, 3]);
        for (var bit = 0; bit < sealedSecret.Length * 8; bit++)
        {
            byte[] changed = [.. sealedSecret];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Unreadable(() => vault.Open(Agent, dataKey, "nostr", changed));
        }

        Unreadable(() => vault.Open(Agent, dataKey, "nostr", []));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    public void Without_a_master_key_nothing_starts(string? key)
    {
        var options = Options.Create<MarketOptions>(new() { MasterKey = key });
        Assert.Equal(
            AgentProblems.MasterKeyMissing, Assert.Throws<ProblemException>(() => new Vault(options)).Problem);
    }

    static Vault Vault(char digit) => new(Options.Create<MarketOptions>(new() { MasterKey = new(digit, 64) }));

    static void Unreadable(Func<byte[]> open) => Assert.Equal(
        AgentProblems.SecretUnreadable, Assert.Throws<ProblemException>(open).Problem);
}
