using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>
/// A signature checked inside a circuit: S·Base8 = R8 + h·(8A), h = H(R8, A, m). The verifier checks outside that
/// the public key A is valid; here R8 is on the curve, and S and h have one form each.
/// </summary>
static class EddsaGadget
{
    const int FixedWindow = 3;

    static readonly Lazy<BabyJubJub[][]> FixedTables = new(MakeFixedTables);
    static readonly Fr ScalarMax = Fr.FromBigInteger(BabyJubJub.SubgroupOrder - 1);
    static readonly Fr FieldMax = -Fr.One;

    public static void RequireSignature<T>(
        IInterpreter<T> circuit, in Wires<T> key, in Wires<T> nonce, in T s, in T message)
        where T : struct, IExpression<T>
    {
        circuit.Enter("signature");
        EdwardsGadget.RequireOnCurve(circuit, nonce);
        var challenge = PoseidonGadget.Hash(circuit, "challenge", [nonce.X, nonce.Y, key.X, key.Y, message]);
        var left = TimesBase8(circuit, s);
        var right = TimesEightKey(circuit, challenge, key);
        EdwardsGadget.RequireSum(circuit, nonce, right, left);
        circuit.Leave();
    }

    /// <summary>S·Base8: windows of three bits over constant tables, nine rows a window.</summary>
    static Wires<T> TimesBase8<T>(IInterpreter<T> circuit, in T s)
        where T : struct, IExpression<T>
    {
        circuit.Enter("S·Base8");
        var bits = Bits.SplitAtMost(circuit, "S", s, ScalarMax);
        var tables = FixedTables.Value;
        Wires<T>? sum = null;
        for (var at = 0; at < bits.Length; at += FixedWindow)
        {
            var width = Math.Min(FixedWindow, bits.Length - at);
            var table = tables[at / FixedWindow].AsSpan(..(1 << width));
            var point = EdwardsGadget.Lookup(circuit, bits.AsSpan(at, width), table);
            sum = sum is { } so ? EdwardsGadget.Add(circuit, so, point) : point;
        }

        circuit.Leave();
        return sum!.Value;
    }

    /// <summary>h·(8A): two bits at a time from the top, 23 rows each.</summary>
    static Wires<T> TimesEightKey<T>(IInterpreter<T> circuit, in T challenge, in Wires<T> key)
        where T : struct, IExpression<T>
    {
        circuit.Enter("h·8A");
        var bits = Bits.SplitAtMost(circuit, "h", challenge, FieldMax);
        var once = key;
        for (var i = 0; i < 3; i++)
        {
            once = EdwardsGadget.Double(circuit, once);
        }

        var twice = EdwardsGadget.Double(circuit, once);
        var thrice = EdwardsGadget.Add(circuit, once, twice);
        Wires<T>? sum = null;
        for (var at = bits.Length - 2; at >= 0; at -= 2)
        {
            var point = EdwardsGadget.Choose(circuit, bits[at], bits[at + 1], once, twice, thrice);
            if (sum is { } so)
            {
                so = EdwardsGadget.Double(circuit, EdwardsGadget.Double(circuit, so));
                point = EdwardsGadget.Add(circuit, so, point);
            }

            sum = point;
        }

        circuit.Leave();
        return sum!.Value;
    }

    /// <summary>Window w holds 0…7 times 8^w·Base8.</summary>
    static BabyJubJub[][] MakeFixedTables()
    {
        var count = (ScalarMax.ToBigInteger().GetBitLength() + FixedWindow - 1) / FixedWindow;
        var tables = new BabyJubJub[count][];
        var power = BabyJubJub.Base8;
        for (var window = 0; window < count; window++)
        {
            var table = tables[window] = new BabyJubJub[1 << FixedWindow];
            table[0] = BabyJubJub.Identity;
            for (var i = 1; i < table.Length; i++)
            {
                table[i] = table[i - 1] + power;
            }

            power = table[^1] + power;
        }

        return tables;
    }
}
