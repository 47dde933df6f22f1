using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Files;

/// <summary>A witness as snarkjs stores it (.wtns, version 2).</summary>
public static class WtnsFile
{
    const string Kind = "wtns";

    public static byte[] Write(ReadOnlySpan<Fr> witness)
    {
        var writer = new SectionWriter(Kind, 2, 2);
        writer.Prime<ScalarModulus>();
        writer.Word((uint)witness.Length);
        writer.EndSection(1);
        foreach (ref readonly var value in witness)
        {
            writer.Scalar(value);
        }

        writer.EndSection(2);
        return writer.ToArray();
    }

    /// <exception cref="ZkFileException">Not a witness over the scalar field of BN254.</exception>
    public static Fr[] Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new SectionFile(bytes, Kind, 2);
        file.RequireOnly(1, 2);
        var header = file.Read(1);
        header.Prime<ScalarModulus>();
        var count = header.Word();
        header.End();
        var body = file.Read(2);
        file.Require(count > 0 && (ulong)body.Remaining == (ulong)count * Fr.Size, "does not hold the wires it counts");
        var witness = new Fr[count];
        for (var i = 0; i < witness.Length; i++)
        {
            witness[i] = body.Scalar();
        }

        file.Require(witness[0].IsOne, "wire 0 is not 1");
        return witness;
    }
}
