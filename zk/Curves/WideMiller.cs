using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves;

/// <summary>
/// The Miller loop of a verification in lanes: two sets of prepared lines, and those of a third point Q, which are
/// computed on the way. What is independent in one step stands side by side, so that a doubling takes two products.
/// </summary>
/// <remarks>
/// A line vector holds, from lane 0: X and Constant of the first prepared line, of the second, then scale, X and
/// Constant of the line of Q. The point vector holds what each is multiplied by.
/// </remarks>
[SkipLocalsInit]
static class WideMiller
{
    /// <summary>Lanes of X, Y, Z and b₃·Z of the point that runs.</summary>
    const int X = 0, Y = 1, Z = 2, W = 3;

    /// <summary>Lanes of the line of Q.</summary>
    const int Scale = 4, Slope = 5, Constant = 6;

    /// <summary>Both sets of prepared lines in their lanes.</summary>
    public static Fe2<Fq8>[] Prepare(ReadOnlySpan<Line<Fq>> first, ReadOnlySpan<Line<Fq>> second)
    {
        var prepared = new Fe2<Fq8>[first.Length];
        for (var i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Vector([first[i].X, first[i].Constant, second[i].X, second[i].Constant]);
        }

        return prepared;
    }

    /// <summary>The factors for points of prepared lines, and for p, where the lines of Q are evaluated.</summary>
    public static Fq8 Points(in LinePoint<Fq> first, in LinePoint<Fq> second, in G1Affine p) => Fq8.Load(
        [first.XOverY, first.OneOverY, second.XOverY, second.OneOverY, p.Y, p.X, Fq.One, default]);

    /// <summary>The product of the three functions, and where the loop leaves Q.</summary>
    public static WideFq12 Run(
        Fe2<Fq8>[] prepared, in Fq8 points, in G2Affine q, out Projective<Fq2, G2<Fq>> end)
    {
        var f = WideFq12.One;
        var plus = Vector([q.Y, q.X, q.X, q.Y]);
        var minus = Vector([-q.Y, q.X, q.X, -q.Y]);
        var t = Vector([q.X, q.Y, Fq2.One, G2<Fq>.TimesB3(Fq2.One)]);
        var next = 0;
        foreach (var digit in Pairing.Loop)
        {
            f = f.Square();
            Multiply(ref f, Double(ref t), prepared[next++], points);
            if (digit == 0) continue;

            Multiply(ref f, Add(ref t, digit > 0 ? plus : minus), prepared[next++], points);
        }

        var psi = Psi<Fq>.Map(q.ToProjective());
        Multiply(ref f, Add(ref t, Vector([psi.Y, psi.X, psi.X, psi.Y])), prepared[next++], points);
        psi = Psi<Fq>.Map(psi);
        Multiply(ref f, Add(ref t, Vector([-psi.Y, psi.X, psi.X, -psi.Y])), prepared[next], points);
        end = new(At(t, X), At(t, Y), At(t, Z));
        return f;
    }

    static void Multiply(ref WideFq12 f, in Fe2<Fq8> line, in Fe2<Fq8> prepared, in Fq8 points)
    {
        var values = Select(0b1110000, line, prepared) * points;
        f = f.TimesLine(values, 0, 1).TimesLine(values, 2, 3).TimesLine(values, Scale, Slope, Constant);
    }

    /// <summary>As <see cref="AteLines"/>, in two products.</summary>
    static Fe2<Fq8> Double(ref Fe2<Fq8> t)
    {
        // Y², b₃Z², YZ, b₃YZ, X², XY.
        var first = Lanes(t, Y, Z, Y, Y, X, X) * Lanes(t, Y, W, Z, W, X, Y);
        var two = first.Twice();
        var three = two + first;
        var line = Select(0b1000000, All(first, 1), Select(0b0100000, All(three, 4), default))
            - Select(0b0010000, All(two, 2), Select(0b1000000, All(first, 0), default));

        // XY(Y² − 3b₃Z²), (Y² + 3b₃Z²)², Y²·YZ, Y²·b₃YZ, (b₃Z²)².
        var threeZ = All(three, 1);
        var second = (Lanes(first, 5, 0, 0, 0, 1) + Select(0b10, threeZ, default))
            * (Lanes(first, 0, 0, 2, 3, 1) + Select(0b01, -threeZ, Select(0b10, threeZ, default)));
        two = second.Twice();
        var four = two.Twice();
        var eight = four.Twice();
        t = Select(0b01, two, Select(0b10, second, eight)) - Select(0b10, All(eight + four, 4), default);
        return line;
    }

    /// <summary>As <see cref="AteLines"/>; the point comes as y, x, x, y.</summary>
    static Fe2<Fq8> Add(ref Fe2<Fq8> t, in Fe2<Fq8> point)
    {
        // Rise and run, then run², rise², rise·x, run·y.
        var difference = Lanes(t, Y, X) - (All(t, Z) * point);
        var turned = Lanes(difference, 1, 0, 0, 1);
        var second = turned * Select(0b0011, turned, point);
        var line = Select(0b0010000, All(difference, 1), Select(0b1000000, All(second, 2), default))
            - Select(0b0100000, All(difference, 0), Select(0b1000000, All(second, 3), default));

        // run³, X·run², rise²·Z.
        var third = Select(0b010, All(t, X), Lanes(second, 0, 0, 1))
            * Select(0b001, All(difference, 1), Select(0b010, All(second, 0), All(t, Z)));
        var cube = All(third, 0);
        var g = All(third, 1);
        var h = cube + All(third, 2) - g.Twice();

        // run·h, rise·(g − h), and run³ times Z, b₃Z and Y.
        var fourth = Select(0b011, turned, cube)
            * Select(0b001, h, Select(0b010, g - h, Lanes(t, Z, Z, Z, W, Y)));
        t = fourth - Select(0b010, All(fourth, 4), default);
        return line;
    }

    static Fe2<Fq8> Vector(ReadOnlySpan<Fq2> values)
    {
        Span<Fq> real = stackalloc Fq[Fq8.Count];
        Span<Fq> imaginary = stackalloc Fq[Fq8.Count];
        real.Clear();
        imaginary.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            (real[i], imaginary[i]) = (values[i].C0, values[i].C1);
        }

        return new(Fq8.Load(real), Fq8.Load(imaginary));
    }

    static Fq2 At(in Fe2<Fq8> vector, int lane) => new(vector.C0.Extract(lane), vector.C1.Extract(lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Fe2<Fq8> All(in Fe2<Fq8> vector, ulong lane) => Permute(vector, Vector512.Create(lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Fe2<Fq8> Lanes(
        in Fe2<Fq8> vector, ulong l0, ulong l1, ulong l2 = 7, ulong l3 = 7, ulong l4 = 7, ulong l5 = 7) =>
        Permute(vector, Vector512.Create(l0, l1, l2, l3, l4, l5, 7, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Fe2<Fq8> Permute(in Fe2<Fq8> vector, Vector512<ulong> indices) =>
        new(vector.C0.Permuted(indices), vector.C1.Permuted(indices));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Fe2<Fq8> Select(uint lanes, in Fe2<Fq8> first, in Fe2<Fq8> second)
    {
        var mask = Fq8.MaskOf(lanes);
        return new(Fq8.Select(mask, first.C0, second.C0), Fq8.Select(mask, first.C1, second.C1));
    }
}
