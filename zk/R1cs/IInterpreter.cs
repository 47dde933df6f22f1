namespace PoA.Nostr.Zk.R1cs;

/// <summary>
/// Reads a circuit's one definition: <see cref="ShapeInterpreter"/> collects rows, <see cref="WitnessInterpreter"/>
/// computes values. Both are driven by the same calls in the same order, so they cannot disagree.
/// </summary>
public interface IInterpreter<T>
    where T : struct, IExpression<T>
{
    /// <summary>A public signal. All of them come before the first private wire.</summary>
    T Public(string label, in Fr value, int index = -1);

    /// <summary>A wire that nothing constrains yet: an input, or advice that rows check afterwards.</summary>
    T Private(string label, in Fr value, int index = -1);

    /// <summary>A new wire equal to a·b: one row.</summary>
    T Multiply(string label, in T a, in T b);

    /// <summary>a·b = product: one row and no wire.</summary>
    void Require(string label, in T a, in T b, in T product);

    /// <summary>The value of an expression, from which advice is computed; zero while the shape is drawn.</summary>
    Fr Read(in T expression);

    /// <summary>Names of wires and rows from here to <see cref="Leave"/> stand under this one.</summary>
    void Enter(string scope);

    void Leave();
}
