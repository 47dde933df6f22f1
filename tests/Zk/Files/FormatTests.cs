using System.Buffers.Binary;
using PoA.Nostr.Tests.Zk.Circuits;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Tests.Zk.Files;

public class FormatTests
{
    [Fact]
    public void A_constraint_system_and_a_witness_survive_their_files()
    {
        var shape = Circuit.All["reputation-range"].Shape;
        var witness = Samples.Honest("reputation-range").Witness!;

        var read = R1csFile.Read(R1csFile.Write(shape));

        Assert.Equal((shape.WireCount, shape.PublicCount), (read.WireCount, read.PublicCount));
        Assert.Equal(shape.RowCount, read.RowCount);
        Assert.Equal(shape.A.Values, read.A.Values);
        Assert.Equal(shape.B.Wires, read.B.Wires);
        Assert.Equal(shape.C.Starts, read.C.Starts);
        Assert.Equal(witness, WtnsFile.Read(WtnsFile.Write(witness)));
        Assert.Null(read.FirstBrokenRow(witness));
    }

    [Theory]
    [InlineData(0, 1u, "is no such file")]
    [InlineData(4, 9u, "is not of version")]
    [InlineData(8, 2u, "bytes after its last section")]
    [InlineData(8, 4u, "ends in the middle")]
    [InlineData(8, uint.MaxValue, "too many sections")]
    [InlineData(12, 2u, "stands there twice")]
    [InlineData(12, 9u, "not supported")]
    [InlineData(16, uint.MaxValue, "claims more bytes")]
    [InlineData(20, 1u, "claims more bytes")]
    [InlineData(24, 31u, "not about numbers of 32 bytes")]
    [InlineData(28, 7u, "about another curve")]
    [InlineData(60, uint.MaxValue, "number of wires")]
    [InlineData(60, 3u, "number of inputs")]
    [InlineData(84, uint.MaxValue, "fewer rows")]
    public void A_constraint_system_that_lies_is_refused_with_a_sentence(int at, uint value, string sentence)
    {
        var bytes = R1csFile.Write(Circuit.All["tier"].Shape);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

        var refused = Assert.Throws<ZkFileException>(() => R1csFile.Read(bytes));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_key_over_what_is_no_domain_is_refused_with_a_sentence(int size)
    {
        var key = DevelopmentKey.Make(SmallCircuits.Cube(3).System);
        var lying = key with { Points = key.Points with { DomainSize = size, H = key.Points.H[..size] } };

        var refused = Assert.Throws<ZkFileException>(() => ZkeyFile.Read(ZkeyFile.Write(lying)));
        Assert.Contains("power of two", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_mutation_of_a_file_does_more_than_be_read_or_be_refused()
    {
        var random = new Lottery(20_261_121);
        var system = R1csFile.Write(Circuit.All["tier"].Shape);
        var witness = WtnsFile.Write(Samples.Honest("tier").Witness!);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            refused += Refuses(() => R1csFile.Read(random.Mutate(system)));
            refused += Refuses(() => WtnsFile.Read(random.Mutate(witness)));
        }

        Assert.InRange(refused, 100, 800);
    }

    [Fact]
    public void Blake2b_equals_the_published_digest()
    {
        Assert.Equal(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            Convert.ToHexStringLower(Blake2b.Hash("abc"u8)));
        var bytes = new byte[1_000];
        foreach (var cut in new[] { 1, 127, 128, 129, 256, 999 })
        {
            var hash = new Blake2b();
            hash.Append(bytes.AsSpan(..cut));
            hash.Append(bytes.AsSpan(cut..));
            Assert.Equal(Blake2b.Hash(bytes), hash.Finish());
        }
    }

    [Fact]
    public void The_stream_of_ceremonies_equals_ffjavascript()
    {
        foreach (var vector in ZkVectors.Cases("ceremony_rng.json"))
        {
            var stream = new ChaCha(vector.GetProperty("seed").EnumerateArray().Select(x => x.GetUInt32()).ToArray());
            var expected = vector.GetProperty("u32").EnumerateArray().Select(x => x.GetUInt32()).ToArray();
            Assert.Equal(expected, expected.Select(_ => stream.NextUInt32()).ToArray());
        }
    }

    /// <summary>Anything else than a refusal in a sentence fails the test.</summary>
    static int Refuses(Action read)
    {
        try
        {
            read();
            return 0;
        }
        catch (ZkFileException e)
        {
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            return 1;
        }
    }
}
