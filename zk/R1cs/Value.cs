namespace PoA.Nostr.Zk.R1cs;

/// <summary>The value of an expression, while a witness is computed.</summary>
public readonly record struct Value(Fr Number) : IExpression<Value>
{
    public static Value Constant(in Fr value) => new(value);

    public static Value operator +(in Value a, in Value b) => new(a.Number + b.Number);

    public static Value operator -(in Value a, in Value b) => new(a.Number - b.Number);

    public static Value operator *(in Value a, in Fr factor) => new(a.Number * factor);
}
