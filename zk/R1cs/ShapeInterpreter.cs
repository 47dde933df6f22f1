namespace PoA.Nostr.Zk.R1cs;

/// <summary>Collects the rows of a circuit; values do not exist here.</summary>
public sealed class ShapeInterpreter : IInterpreter<Combination>
{
    readonly MatrixRows _a = new();
    readonly MatrixRows _b = new();
    readonly MatrixRows _c = new();
    readonly List<string> _wires = ["one"];
    readonly List<string> _rows = [];
    readonly Stack<string> _scopes = new([""]);
    int _publicCount;

    public Combination Public(string label, in Fr value, int index = -1)
    {
        if (_wires.Count != _publicCount + 1)
        {
            throw new InvalidOperationException($"The public signal {label} comes after a private wire.");
        }

        _publicCount++;
        return NewWire(label, index);
    }

    public Combination Private(string label, in Fr value, int index = -1) => NewWire(label, index);

    public Combination Multiply(string label, in Combination a, in Combination b)
    {
        var product = NewWire(label, -1);
        Require(label, a, b, product);
        return product;
    }

    public void Require(string label, in Combination a, in Combination b, in Combination product)
    {
        _a.Add(a);
        _b.Add(b);
        _c.Add(product);
        _rows.Add(_scopes.Peek() + label);
    }

    public Fr Read(in Combination expression) => Fr.Zero;

    public void Enter(string scope) => _scopes.Push($"{_scopes.Peek()}{scope}/");

    public void Leave() => _scopes.Pop();

    public ConstraintSystem ToConstraintSystem() => new()
    {
        A = _a.ToMatrix(),
        B = _b.ToMatrix(),
        C = _c.ToMatrix(),
        PublicCount = _publicCount,
        WireCount = _wires.Count,
        WireLabels = _wires,
        RowLabels = _rows,
    };

    Combination NewWire(string label, int index)
    {
        _wires.Add(index < 0 ? _scopes.Peek() + label : $"{_scopes.Peek()}{label}[{index}]");
        return Combination.OfWire(_wires.Count - 1);
    }
}
