namespace PoA.Nostr.Zk.R1cs;

/// <summary>Computes the value of each wire, and remembers the first row that does not hold.</summary>
public sealed class WitnessInterpreter : IInterpreter<Value>
{
    readonly Fr[] _wires;
    readonly Stack<string> _scopes = new();
    int _count = 1;

    /// <param name="wireCount">Wires of the circuit's shape.</param>
    public WitnessInterpreter(int wireCount)
    {
        _wires = new Fr[wireCount];
        _wires[0] = Fr.One;
    }

    /// <summary>The path of the first broken row, or null.</summary>
    public string? Broken { get; private set; }

    /// <summary>All wires, when the definition has been read to its end.</summary>
    public Fr[] Witness => _count == _wires.Length
        ? _wires
        : throw new InvalidOperationException($"{_count} wires were given to a circuit of {_wires.Length}.");

    public Value Public(string label, in Fr value, int index = -1) => NewWire(value);

    public Value Private(string label, in Fr value, int index = -1) => NewWire(value);

    public Value Multiply(string label, in Value a, in Value b) => NewWire(a.Number * b.Number);

    public void Require(string label, in Value a, in Value b, in Value product)
    {
        if (Broken is null && a.Number * b.Number != product.Number)
        {
            Broken = string.Join('/', _scopes.Reverse().Append(label));
        }
    }

    public Fr Read(in Value expression) => expression.Number;

    public void Enter(string scope) => _scopes.Push(scope);

    public void Leave() => _scopes.Pop();

    Value NewWire(in Fr value)
    {
        _wires[_count++] = value;
        return new(value);
    }
}
