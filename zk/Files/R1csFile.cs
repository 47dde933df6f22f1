using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Files;

/// <summary>A constraint system as circom and snarkjs store it (.r1cs, version 1).</summary>
public static class R1csFile
{
    const string Kind = "r1cs";
    const int TermSize = 4 + Fr.Size;

    /// <summary>Wires that a file may claim.</summary>
    const int WiresMax = 1 << 26;

    public static byte[] Write(ConstraintSystem system)
    {
        var writer = new SectionWriter(Kind, 1, 3);
        writer.Prime<ScalarModulus>();
        writer.Word((uint)system.WireCount);
        writer.Word(0);
        writer.Word((uint)system.PublicCount);
        writer.Word((uint)(system.WireCount - system.PublicCount - 1));
        writer.LongWord((ulong)system.WireCount);
        writer.Word((uint)system.RowCount);
        writer.EndSection(1);
        for (var row = 0; row < system.RowCount; row++)
        {
            WriteRow(writer, system.A, row);
            WriteRow(writer, system.B, row);
            WriteRow(writer, system.C, row);
        }

        writer.EndSection(2);
        for (var wire = 0; wire < system.WireCount; wire++)
        {
            writer.LongWord((ulong)wire);
        }

        writer.EndSection(3);
        return writer.ToArray();
    }

    /// <exception cref="ZkFileException">Not a constraint system over the scalar field of BN254.</exception>
    public static ConstraintSystem Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new SectionFile(bytes, Kind, 1);
        file.RequireOnly(1, 2, 3);
        var header = file.Read(1);
        header.Prime<ScalarModulus>();
        var wires = header.CountBelow(WiresMax, "the number of wires");
        var outputs = header.CountBelow(wires, "the number of outputs");
        var inputs = header.CountBelow(wires, "the number of inputs");
        header.Word();
        header.LongWord();
        var rows = header.Word();
        header.End();
        file.Require(outputs + inputs < wires, "more public signals than wires");
        var body = file.Read(2);
        file.Require(rows <= body.Remaining / 12, "section 2 holds fewer rows than promised");
        var matrices = (A: new MatrixRows(), B: new MatrixRows(), C: new MatrixRows());
        for (var row = 0; row < rows; row++)
        {
            ReadRow(ref body, matrices.A, wires);
            ReadRow(ref body, matrices.B, wires);
            ReadRow(ref body, matrices.C, wires);
        }

        body.End();
        file.Require(file.Read(3).Remaining == 8 * wires, "section 3 does not hold one label a wire");
        return new()
        {
            A = matrices.A.ToMatrix(),
            B = matrices.B.ToMatrix(),
            C = matrices.C.ToMatrix(),
            PublicCount = outputs + inputs,
            WireCount = wires,
        };
    }

    static void WriteRow(SectionWriter writer, SparseMatrix matrix, int row)
    {
        writer.Word((uint)(matrix.Starts[row + 1] - matrix.Starts[row]));
        for (var i = matrix.Starts[row]; i < matrix.Starts[row + 1]; i++)
        {
            writer.Word((uint)matrix.Wires[i]);
            writer.Scalar(matrix.Values[i]);
        }
    }

    static void ReadRow(ref SectionReader body, MatrixRows matrix, int wires)
    {
        var count = body.Count(TermSize);
        for (var i = 0; i < count; i++)
        {
            matrix.AddTerm(body.CountBelow(wires - 1, "a wire"), body.Scalar());
        }

        matrix.EndRow();
    }
}
