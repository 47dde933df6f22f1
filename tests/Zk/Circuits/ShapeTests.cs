using PoA.Nostr.Zk.Circuits;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Tests.Zk.Circuits;

public class ShapeTests
{
    const string Revealed = "revealed[0] revealed[1] revealed[2] revealed[3] revealed[4] revealed[5]";

    [Theory]
    [InlineData("reputation-range", 830, 835, "nullifier commitment min max context")]
    [InlineData("inclusion", 8507, 8546, "nullifier root kind context")]
    [InlineData("disclosure", 882, 893, $"nullifier commitment schema mask {Revealed} context")]
    [InlineData("disclosure-signed", 5610, 5621, $"nullifier issuer_x issuer_y schema mask {Revealed} context")]
    [InlineData("tier", 947, 950, "nullifier commitment settled_min dispute_rate_max context")]
    public void Rows_wires_and_public_signals_are_pinned(string name, int rows, int wires, string signals)
    {
        var shape = Circuit.All[name].Shape;

        Assert.Equal(signals.Split(' '), Circuit.All[name].PublicSignals);
        Assert.Equal((rows, wires), (shape.RowCount, shape.WireCount));
        Assert.Equal(shape.RowCount, shape.RowLabels.Count);
        Assert.Equal(shape.WireCount, shape.WireLabels.Count);
    }

    [Theory]
    [InlineData("reputation-range")]
    [InlineData("inclusion")]
    [InlineData("disclosure")]
    [InlineData("disclosure-signed")]
    [InlineData("tier")]
    public void An_honest_witness_holds_and_adding_one_to_any_wire_breaks_a_row(string name)
    {
        var shape = Circuit.All[name].Shape;
        var (witness, refusal) = Samples.Honest(name);
        Assert.Null(refusal);
        Assert.Null(shape.FirstBrokenRow(witness));

        var rows = RowsOfWires(shape);
        var tested = 0;
        for (var wire = 0; wire < shape.WireCount; wire++)
        {
            witness![wire] += Fr.One;
            Assert.True(
                rows[wire].Any(row => !shape.Holds(row, witness)), $"{shape.WireLabels[wire]} is not constrained.");
            witness[wire] -= Fr.One;
            tested++;
        }

        Assert.Equal(shape.WireCount, tested);
        Console.WriteLine($"{name}: wires tested {tested} = wires in the circuit {shape.WireCount}");
    }

    /// <summary>Only rows in which a wire stands can notice that it changed.</summary>
    static HashSet<int>[] RowsOfWires(ConstraintSystem shape)
    {
        HashSet<int>[] rows = [.. Enumerable.Range(0, shape.WireCount).Select(_ => new HashSet<int>())];
        foreach (var matrix in new[] { shape.A, shape.B, shape.C })
        {
            for (var row = 0; row < shape.RowCount; row++)
            {
                foreach (var wire in matrix.Wires.AsSpan(matrix.Starts[row]..matrix.Starts[row + 1]))
                {
                    rows[wire].Add(row);
                }
            }
        }

        return rows;
    }
}
