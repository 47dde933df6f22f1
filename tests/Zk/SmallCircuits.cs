using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Tests.Zk;

/// <summary>Circuits of a few rows, for tests of everything around circuits.</summary>
static class SmallCircuits
{
    /// <summary>x³ + x + 5 is public, x is not.</summary>
    public static (ConstraintSystem System, Fr[] Witness) Cube(ulong x)
    {
        var value = Fr.FromUInt64(x);
        var result = (value.Square() * value) + value + Fr.FromUInt64(5);
        return Draw(new CubeDefinition(result, value));
    }

    /// <summary>The 2^rows-th power of a private number is public.</summary>
    public static (ConstraintSystem System, Fr[] Witness) Chain(int rows) => Draw(new ChainDefinition(rows));

    interface IDefinition
    {
        void Define<T>(IInterpreter<T> circuit)
            where T : struct, IExpression<T>;
    }

    static (ConstraintSystem System, Fr[] Witness) Draw(IDefinition definition)
    {
        var shape = new ShapeInterpreter();
        definition.Define(shape);
        var system = shape.ToConstraintSystem();
        var witness = new WitnessInterpreter(system.WireCount);
        definition.Define(witness);
        Assert.Null(witness.Broken);
        return (system, witness.Witness);
    }

    sealed class CubeDefinition(Fr result, Fr value) : IDefinition
    {
        public void Define<T>(IInterpreter<T> circuit)
            where T : struct, IExpression<T>
        {
            var y = circuit.Public("y", result);
            var x = circuit.Private("x", value);
            var square = circuit.Multiply("x²", x, x);
            circuit.Require("x³", square, x, y - x - T.Constant(Fr.FromUInt64(5)));
        }
    }

    sealed class ChainDefinition(int rows) : IDefinition
    {
        public void Define<T>(IInterpreter<T> circuit)
            where T : struct, IExpression<T>
        {
            var result = Fr.FromUInt64(3);
            for (var i = 0; i < rows; i++)
            {
                result = result.Square();
            }

            var y = circuit.Public("y", result);
            var x = circuit.Private("x", Fr.FromUInt64(3));
            for (var i = 0; i < rows - 1; i++)
            {
                x = circuit.Multiply("square", x, x);
            }

            circuit.Require("end", x, x, y);
        }
    }
}
