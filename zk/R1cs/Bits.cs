namespace PoA.Nostr.Zk.R1cs;

/// <summary>Numbers as bits. A bit is a root of b·(b − 1).</summary>
public static class Bits
{
    /// <summary>
    /// The bits of x, least significant first: 0 ≤ x &lt; 2^count. The top bit is what the others leave of x, so that
    /// count bits cost count rows and count − 1 wires. Count is at most 253: x has one such form.
    /// </summary>
    public static T[] Split<T>(IInterpreter<T> circuit, string scope, in T x, int count)
        where T : struct, IExpression<T>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 253);
        circuit.Enter(scope);
        var value = circuit.Read(x).ToLimbs();
        var one = T.Constant(Fr.One);
        var bits = new T[count];
        var rest = x;
        for (var i = 0; i < count - 1; i++)
        {
            bits[i] = circuit.Private("bit", At(value, i), i);
            circuit.Require("bit", bits[i], bits[i] - one, default);
            rest -= bits[i] * PowersOfTwo[i];
        }

        bits[^1] = rest * PowersOfTwo[count - 1].Invert();
        circuit.Require("top bit", bits[^1], bits[^1] - one, default);
        circuit.Leave();
        return bits;
    }

    /// <summary>
    /// The bits of x when it is at most the limit, which may leave x no second form modulo r. From the top, the run
    /// says whether all bits so far equal the limit's. Where the limit has a 0 and the run still holds, the bit must
    /// be 0: b·(1 − b − run) = 0 says so and makes b a bit, in one row.
    /// </summary>
    public static T[] SplitAtMost<T>(IInterpreter<T> circuit, string scope, in T x, in Fr limit)
        where T : struct, IExpression<T>
    {
        circuit.Enter(scope);
        var most = limit.ToLimbs();
        var count = (int)limit.ToBigInteger().GetBitLength();
        var value = circuit.Read(x).ToLimbs();
        var one = T.Constant(Fr.One);
        var bits = new T[count];
        var sum = default(T);
        var run = one;
        for (var i = count - 1; i >= 0; i--)
        {
            var bit = bits[i] = circuit.Private("bit", At(value, i), i);
            sum += bit * PowersOfTwo[i];
            if (At(most, i).IsZero)
            {
                circuit.Require("bit", bit, one - bit - run, default);
            }
            else
            {
                circuit.Require("bit", bit, bit - one, default);
                run = i == count - 1 ? bit : circuit.Multiply("run", run, bit);
            }
        }

        circuit.Require("sum", sum, one, x);
        circuit.Leave();
        return bits;
    }

    static readonly Fr[] PowersOfTwo = MakePowersOfTwo();

    static Fr At(in Fields.Limbs limbs, int bit)
    {
        var limb = (bit >> 6) switch { 0 => limbs.L0, 1 => limbs.L1, 2 => limbs.L2, _ => limbs.L3 };
        return ((limb >> (bit & 63)) & 1) == 0 ? Fr.Zero : Fr.One;
    }

    static Fr[] MakePowersOfTwo()
    {
        var powers = new Fr[254];
        powers[0] = Fr.One;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1].Twice();
        }

        return powers;
    }
}
