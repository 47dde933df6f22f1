using System.Text.Json;
using PoA.Nostr.Devnet.Lightning;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Payments.Lightning;

public sealed class Bolt11Tests
{
    /// <summary>
    /// The one example that BOLT 11 still lists as valid though its text now says that a p, h, s or n of another
    /// length must not be paid. We go by the text.
    /// </summary>
    const string Outdated = "Same, but including fields which must be ignored.";

    /// <summary>The key that signed the examples.</summary>
    static readonly byte[] Secret =
        Convert.FromHexString("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734");

    const string Payee = "03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad";
    const string Hash = "0001020304050607080900010203040506070809000102030405060708090102";

    public static TheoryData<string, string> Valid => Examples("valid", title => title != Outdated);

    public static TheoryData<string, string> Invalid => Examples("invalid", _ => true);

    [Theory]
    [MemberData(nameof(Valid))]
    public void Every_valid_example_is_read(string title, string text)
    {
        var invoice = Bolt11.TryRead(text, out var problem);

        Assert.True(problem is null, $"{title}: {problem?.Sentence}");
        Assert.Equal(new string('1', 64), invoice!.PaymentSecret);
        if (!title.Contains("high-S", StringComparison.Ordinal)) Assert.Equal(Payee, invoice.Payee);
        if (!title.Contains("pico", StringComparison.Ordinal)) Assert.Equal(Hash, invoice.PaymentHash);
        Assert.True(invoice.Description is null != invoice.DescriptionHash is null);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Every_invalid_example_is_refused_with_a_code(string title, string text)
    {
        Assert.Null(Bolt11.TryRead(text, out var problem));
        Assert.StartsWith("lightning/", problem!.Code, StringComparison.Ordinal);
        if (title.Contains("feature 100", StringComparison.Ordinal))
        {
            Assert.Equal(LightningProblems.UnknownFeature.Code, problem.Code);
        }
    }

    [Fact]
    public void A_field_of_the_wrong_length_is_refused()
    {
        var text = Vectors.Read("bolt11.json").GetProperty("valid").EnumerateArray()
            .Single(one => one.Text("title") == Outdated).Text("invoice");

        Assert.Null(Bolt11.TryRead(text, out _));
    }

    [Fact]
    public void Amounts_dates_and_fields_are_what_the_examples_say()
    {
        var all = Vectors.Read("bolt11.json").GetProperty("valid").EnumerateArray()
            .Select(one => (Title: one.Text("title"), Read: Bolt11.TryRead(one.Text("invoice"), out _))).ToList();

        var coffee = all[1].Read!;
        Assert.Equal(new Msat(250_000_000), coffee.Amount);
        Assert.Equal((1_496_314_658, 60, "1 cup coffee"), (coffee.CreatedAt, coffee.ExpirySeconds, coffee.Description));
        Assert.Equal([8, 14], coffee.Features);
        Assert.Equal("ナンセンス 1杯", all[2].Read!.Description);
        Assert.Equal("tb", all[4].Read!.Network);
        var route = Assert.Single(all[5].Read!.Routes);
        Assert.Equal([1u, 2u], route.Select(hop => hop.FeeBaseMsat));
        Assert.Equal([20u, 30u], route.Select(hop => hop.FeePpm));
        Assert.Equal([3, 4], route.Select(hop => (int)hop.CltvDelta));
        Assert.Equal(17, Assert.Single(all[5].Read!.Fallbacks).Version);
        var pico = all.Single(one => one.Title.Contains("pico", StringComparison.Ordinal)).Read!;
        Assert.Equal((new Msat(967_878_534), 604_800, 10), (pico.Amount, pico.ExpirySeconds, pico.FinalCltvDelta));
        Assert.Equal("01fafaf0", all.Single(one => one.Read?.Metadata is not null).Read!.Metadata);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_read_is_written_as_it_was_byte_for_byte(int example)
    {
        var text = Vectors.Read("bolt11.json").GetProperty("valid")[example].Text("invoice");

        Assert.Equal(text, Bolt11.Write(Bolt11.Read(text), Secret));
    }

    [Fact]
    public void Everything_that_can_be_said_survives_a_round_trip()
    {
        var hop = new Bolt11Hop(Payee, 0x0102030405060708, 1, 20, 3);
        var said = new Bolt11Invoice("bcrt", new(1), 1_800_000_000, Hash, new('2', 64))
        {
            DescriptionHash = new('3', 64),
            StatesPayee = true,
            Payee = Payee,
            ExpirySeconds = 7,
            FinalCltvDelta = 144,
            Features = [8, 14, 99],
            Metadata = "01fafaf0",
            Routes = [[hop, hop], [hop]],
            Fallbacks = [new(0, new byte[20])],
        };

        var read = Bolt11.Read(Bolt11.Write(said, Secret));

        Assert.Equal(JsonSerializer.Serialize(said), JsonSerializer.Serialize(read));
    }

    [Fact]
    public void The_devnets_invoices_say_what_the_network_was_told()
    {
        using var network = new LightningNetwork(null, TimeProvider.System);
        foreach (var (msat, text) in new (ulong?, string)[]
        {
            (1, "one"), (10, ""), (1_000, "sat"), (21_000, "zap"), (123_456_789, "ü"), (100_000_000_000, "coin"),
            (null, "any"),
        })
        {
            var invoice = network.Issue(new("alice", msat, text) { Expiry = 90 });
            var read = Bolt11.Read(invoice.Bolt11);
            Assert.Equal(msat is { } amount ? new Msat((long)amount) : null, read.Amount);
            Assert.Equal((invoice.PaymentHash, text, 90), (read.PaymentHash, read.Description, read.ExpirySeconds));
            Assert.Equal(Convert.ToHexStringLower(network.KeyOf("alice")), read.Payee);
        }

        var hashed = network.Issue(new("bob", 1_000, "") { DescriptionHash = new('a', 64) });
        Assert.Equal(new string('a', 64), Bolt11.Read(hashed.Bolt11).DescriptionHash);
    }

    [Fact]
    public void No_change_of_a_letter_goes_unseen_and_none_throws()
    {
        var text = Vectors.Read("bolt11.json").GetProperty("valid")[1].Text("invoice");
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var letter in "q1b Pz\u00e9")
            {
                var changed = text[..at] + letter + text[(at + 1)..];
                if (changed != text) Assert.Null(Bolt11.TryRead(changed, out _));
            }

            Assert.Null(Bolt11.TryRead(text[..at], out _));
        }

        Assert.Null(Bolt11.TryRead(text + new string('q', Bolt11.CharsMax), out _));
    }

    [Fact]
    public void Data_of_any_kind_under_a_good_checksum_never_throws()
    {
        var seed = 1u;
        for (var round = 0; round < 5_000; round++)
        {
            var words = new byte[111 + (round % 200)];
            for (var i = 0; i < words.Length; i++)
            {
                seed = unchecked((seed * 1_664_525) + 1_013_904_223);
                words[i] = (byte)(seed >> 27);
            }

            string[] prefixes = ["lnbc", "lnbc1p", "lntb20m", "lnbcrt99999999999999999999u"];
            var prefix = prefixes[round % 4];
            _ = Bolt11.TryRead(PoA.Nostr.Crypto.Bech32.EncodeWords(prefix, words), out var problem);
            Assert.NotNull(problem);
        }
    }

    static TheoryData<string, string> Examples(string list, Func<string, bool> which) =>
        new(Vectors.Read("bolt11.json").GetProperty(list).EnumerateArray()
            .Select(one => (one.Text("title"), one.Text("invoice"))).Where(one => which(one.Item1)));
}
