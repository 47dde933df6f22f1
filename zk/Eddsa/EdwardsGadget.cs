using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>A point of Baby Jubjub inside a circuit.</summary>
readonly record struct Wires<T>(T X, T Y)
    where T : struct, IExpression<T>;

/// <summary>
/// Baby Jubjub inside a circuit: 168700·x² + y² = 1 + 168696·x²y². The addition law is complete, so that no input
/// needs a case of its own.
/// </summary>
static class EdwardsGadget
{
    static readonly Fr A = Fr.FromUInt64(168_700);
    static readonly Fr D = Fr.FromUInt64(168_696);

    /// <summary>Three rows.</summary>
    public static void RequireOnCurve<T>(IInterpreter<T> circuit, in Wires<T> point)
        where T : struct, IExpression<T>
    {
        var xx = circuit.Multiply("x²", point.X, point.X);
        var yy = circuit.Multiply("y²", point.Y, point.Y);
        circuit.Require("on the curve", xx * D, yy, (xx * A) + yy - T.Constant(Fr.One));
    }

    /// <summary>Six rows.</summary>
    public static Wires<T> Add<T>(IInterpreter<T> circuit, in Wires<T> p, in Wires<T> q)
        where T : struct, IExpression<T>
    {
        var law = SumLaw(circuit, p, q);
        return law.Point(circuit);
    }

    /// <summary>p + q = sum, in six rows and without a wire for the sum.</summary>
    public static void RequireSum<T>(IInterpreter<T> circuit, in Wires<T> p, in Wires<T> q, in Wires<T> sum)
        where T : struct, IExpression<T> => SumLaw(circuit, p, q).Require(circuit, sum);

    /// <summary>2p: x = 2xy / (ax² + y²), y = (y² − ax²) / (2 − ax² − y²). Five rows.</summary>
    public static Wires<T> Double<T>(IInterpreter<T> circuit, in Wires<T> p)
        where T : struct, IExpression<T>
    {
        var xy = circuit.Multiply("xy", p.X, p.Y);
        var axx = circuit.Multiply("x²", p.X, p.X) * A;
        var yy = circuit.Multiply("y²", p.Y, p.Y);
        var two = T.Constant(Fr.Two);
        return new Law<T>(xy * Fr.Two, axx + yy, yy - axx, two - axx - yy).Point(circuit);
    }

    /// <summary>A point of a constant base: Σ table by three bits, two bits, or one. Three rows for three
    /// bits.</summary>
    public static Wires<T> Lookup<T>(IInterpreter<T> circuit, ReadOnlySpan<T> bits, ReadOnlySpan<BabyJubJub> table)
        where T : struct, IExpression<T>
    {
        var both = circuit.Multiply("b0·b1", bits[0], bits[1]);
        Span<Fr> xs = stackalloc Fr[table.Length];
        Span<Fr> ys = stackalloc Fr[table.Length];
        for (var i = 0; i < table.Length; i++)
        {
            (xs[i], ys[i]) = (table[i].X, table[i].Y);
        }

        var lowX = Plane(bits, both, xs[..4]);
        var lowY = Plane(bits, both, ys[..4]);
        if (bits.Length == 2) return new(lowX, lowY);

        var highX = Plane(bits, both, xs[4..]);
        var highY = Plane(bits, both, ys[4..]);
        return new(
            lowX + circuit.Multiply("x", bits[2], highX - lowX), lowY + circuit.Multiply("y", bits[2], highY - lowY));
    }

    /// <summary>0, p, 2p or 3p by two bits, in seven rows.</summary>
    public static Wires<T> Choose<T>(
        IInterpreter<T> circuit, in T low, in T high, in Wires<T> p, in Wires<T> twice, in Wires<T> thrice)
        where T : struct, IExpression<T>
    {
        var one = T.Constant(Fr.One);
        var both = circuit.Multiply("b0·b1", low, high);
        var x = circuit.Multiply("x1", low, p.X) + circuit.Multiply("x2", high, twice.X)
            + circuit.Multiply("x3", both, thrice.X - p.X - twice.X);
        var y = circuit.Multiply("y1", low, p.Y - one) + circuit.Multiply("y2", high, twice.Y - one)
            + circuit.Multiply("y3", both, thrice.Y - p.Y - twice.Y + one);
        return new(x, one + y);
    }

    /// <summary>The multilinear form that has these four values at (0,0), (1,0), (0,1), (1,1).</summary>
    static T Plane<T>(ReadOnlySpan<T> bits, in T both, ReadOnlySpan<Fr> values)
        where T : struct, IExpression<T> =>
        T.Constant(values[0]) + (bits[0] * (values[1] - values[0])) + (bits[1] * (values[2] - values[0]))
        + (both * (values[3] - values[1] - values[2] + values[0]));

    /// <summary>
    /// β = x1·y2, γ = y1·x2, δ = (y1 − a·x1)(x2 + y2), τ = β·γ: x = (β + γ)/(1 + d·τ), y = (δ + a·β − γ)/(1 − d·τ).
    /// </summary>
    static Law<T> SumLaw<T>(IInterpreter<T> circuit, in Wires<T> p, in Wires<T> q)
        where T : struct, IExpression<T>
    {
        var beta = circuit.Multiply("β", p.X, q.Y);
        var gamma = circuit.Multiply("γ", p.Y, q.X);
        var delta = circuit.Multiply("δ", p.Y - (p.X * A), q.X + q.Y);
        var tau = circuit.Multiply("τ", beta, gamma) * D;
        var one = T.Constant(Fr.One);
        return new(beta + gamma, one + tau, delta + (beta * A) - gamma, one - tau);
    }

    /// <summary>Both coordinates as fractions; on the curve no denominator is zero.</summary>
    readonly record struct Law<T>(T X, T XBelow, T Y, T YBelow)
        where T : struct, IExpression<T>
    {
        public Wires<T> Point(IInterpreter<T> circuit)
        {
            var (below, under) = (circuit.Read(XBelow), circuit.Read(YBelow));
            var inverse = (below * under).Invert();
            var x = circuit.Private("x", circuit.Read(X) * under * inverse);
            var y = circuit.Private("y", circuit.Read(Y) * below * inverse);
            var point = new Wires<T>(x, y);
            Require(circuit, point);
            return point;
        }

        public void Require(IInterpreter<T> circuit, in Wires<T> point)
        {
            circuit.Require("x", point.X, XBelow, X);
            circuit.Require("y", point.Y, YBelow, Y);
        }
    }
}
