namespace PoA.Nostr.Zk.R1cs;

/// <summary>A linear combination of wires: terms sorted by wire, none zero.</summary>
public readonly struct Combination : IExpression<Combination>
{
    readonly Term[]? _terms;

    Combination(Term[] terms) => _terms = terms;

    public readonly record struct Term(int Wire, Fr Value);

    public ReadOnlySpan<Term> Terms => _terms;

    public static Combination OfWire(int wire) => new([new(wire, Fr.One)]);

    public static Combination Constant(in Fr value) => value.IsZero ? default : new([new(0, value)]);

    public static Combination operator +(in Combination a, in Combination b)
    {
        var x = a.Terms;
        var y = b.Terms;
        if (x.IsEmpty) return b;
        if (y.IsEmpty) return a;

        var sum = new List<Term>(x.Length + y.Length);
        var (i, j) = (0, 0);
        while (i < x.Length || j < y.Length)
        {
            if (j == y.Length || (i < x.Length && x[i].Wire < y[j].Wire))
            {
                sum.Add(x[i++]);
            }
            else if (i == x.Length || y[j].Wire < x[i].Wire)
            {
                sum.Add(y[j++]);
            }
            else
            {
                var value = x[i].Value + y[j].Value;
                if (!value.IsZero) sum.Add(new(x[i].Wire, value));
                (i, j) = (i + 1, j + 1);
            }
        }

        return new([.. sum]);
    }

    public static Combination operator -(in Combination a, in Combination b) => a + (b * -Fr.One);

    public static Combination operator *(in Combination a, in Fr factor)
    {
        if (factor.IsZero) return default;

        var scaled = new Term[a.Terms.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = new(a.Terms[i].Wire, a.Terms[i].Value * factor);
        }

        return new(scaled);
    }
}
