namespace PoA.Nostr.Zk.R1cs;

/// <summary>
/// What a circuit computes with: a linear combination of wires while its shape is drawn, a field element while its
/// witness is computed. Sums and multiples by constants are free; a product of two costs a row.
/// </summary>
public interface IExpression<T>
    where T : struct, IExpression<T>
{
    static abstract T Constant(in Fr value);

    static abstract T operator +(in T a, in T b);

    static abstract T operator -(in T a, in T b);

    static abstract T operator *(in T a, in Fr factor);
}
