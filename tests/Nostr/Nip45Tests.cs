using System.Text;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Nostr;

public class Nip45Tests
{
    [Theory]
    [InlineData("""["COUNT","q",{"count":5}]""", 5, false)]
    [InlineData("""["COUNT","q",{"count":93412452,"approximate":true}]""", 93_412_452, true)]
    [InlineData("""["COUNT","q",{"approximate":false,"count":3,"hll":"00","more":[{}]}]""", 3, false)]
    public void The_answers_of_the_nip_are_read(string text, long count, bool approximate) =>
        Assert.Equal(
            new RelayMessage.Count("q", count, approximate), RelayMessages.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("""["COUNT","q",{}]""")]
    [InlineData("""["COUNT","q",{"count":-1}]""")]
    [InlineData("""["COUNT","q",{"count":"5"}]""")]
    [InlineData("""["COUNT","q"]""")]
    [InlineData("""["COUNT",5,{"count":5}]""")]
    public void What_is_no_count_is_unreadable(string text) =>
        Assert.IsType<RelayMessage.Unreadable>(RelayMessages.Parse(Encoding.UTF8.GetBytes(text)));

    /// <summary>NIP-45, "Followers count with HyperLogLog": its 16,578 and the estimate over its registers.</summary>
    [Fact]
    public void Registers_are_read_written_and_estimated()
    {
        var printed = Vectors.Read("nip45.json")[0];
        var text = $$"""["COUNT","q",{{JsonSerializer.Serialize(printed)}}]""";

        var read = Assert.IsType<RelayMessage.Count>(RelayMessages.Parse(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(16_578, read.Value);
        Assert.Equal(printed.Text("hll"), read.Registers!.ToString());
        Assert.InRange(read.Registers.Estimate(), 16_578 * 0.8, 16_578 * 1.2);
        Assert.Equal(text, Encoding.UTF8.GetString(RelayMessages.Write(read)));
    }

    [Fact]
    public void Few_are_counted_linearly_and_nobody_twice()
    {
        var none = HyperLogLog.TryRead(new('0', 512))!;
        var two = HyperLogLog.TryRead("01000102" + new string('0', 504))!;
        var other = HyperLogLog.TryRead("00030101" + new string('0', 504))!;

        Assert.Equal(0, none.Estimate());
        Assert.Equal(3, two.Estimate());
        Assert.Equal("01030102" + new string('0', 504), two.Merge(other).ToString());
        Assert.Equal(4, two.Merge(other).Estimate());
        Assert.Equal(two.ToString(), two.Merge(two).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0102")]
    public void Other_lengths_are_no_registers(string? hex) => Assert.Null(HyperLogLog.TryRead(hex));
}
