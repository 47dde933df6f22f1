using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>
/// One statement that can be proved. The tables below are the order of the public signals, in every key and proof:
/// <list type="table">
/// <item><term>reputation-range</term><description>nullifier, commitment, min, max, context</description></item>
/// <item><term>inclusion</term><description>nullifier, root, kind, context</description></item>
/// <item><term>disclosure</term><description>nullifier, commitment, schema, mask, revealed[0], revealed[1],
/// revealed[2], revealed[3], revealed[4], revealed[5], context</description></item>
/// <item><term>disclosure-signed</term><description>nullifier, issuer_x, issuer_y, schema, mask, revealed[0],
/// revealed[1], revealed[2], revealed[3], revealed[4], revealed[5], context</description></item>
/// <item><term>tier</term><description>nullifier, commitment, settled_min, dispute_rate_max,
/// context</description></item>
/// </list>
/// A verifier takes the commitment, the root or the issuer from where it trusts them (a statement that the platform
/// signed, an anchor), computes the context itself, and remembers the nullifier: proofs can be re-randomised by
/// anybody, nullifiers cannot.
/// </summary>
public abstract class Circuit
{
    readonly Lazy<ConstraintSystem> _shape;

    private protected Circuit() => _shape = new(DrawShape);

    /// <summary>Every circuit, by the name that commands and documents use.</summary>
    public static IReadOnlyDictionary<string, Circuit> All { get; } =
        new Circuit[] { new ReputationRange(), new Inclusion(), new Disclosure(), new DisclosureSigned(), new Tier() }
            .ToDictionary(circuit => circuit.Name);

    public abstract string Name { get; }

    /// <summary>Drawn once, when first asked for.</summary>
    public ConstraintSystem Shape => _shape.Value;

    /// <summary>The names of the public signals in their order.</summary>
    public IReadOnlyList<string> PublicSignals => [.. Shape.WireLabels.Skip(1).Take(Shape.PublicCount)];

    /// <summary>The witness for an input in snake_case JSON, or why there is none.</summary>
    public abstract Assignment Assign(ReadOnlySpan<byte> json);

    /// <summary>
    /// Why a verifier must refuse these signals before it looks at the proof, or null: what a circuit cannot say, or
    /// says only once more here.
    /// </summary>
    public string? Refuse(ReadOnlySpan<Fr> signals)
    {
        if (signals.Length != Shape.PublicCount) return $"{Name} has {Shape.PublicCount} public signals.";
        if (signals[0].IsZero) return "A nullifier of 0 is no nullifier.";
        if (signals[^1].IsZero) return "A context of 0 binds the proof to nobody.";

        return RefuseOwn(signals);
    }

    private protected virtual string? RefuseOwn(ReadOnlySpan<Fr> signals) => null;

    private protected abstract ConstraintSystem DrawShape();
}

/// <summary>A circuit whose input is a record.</summary>
public abstract class Circuit<TInput> : Circuit
{
    private protected Circuit()
    {
    }

    /// <summary>An input of the right sizes; its values do not matter.</summary>
    private protected abstract TInput Blank { get; }

    public Assignment Assign(TInput input)
    {
        if (RefuseInput(input) is { } reason) return new(null, reason);

        var interpreter = new WitnessInterpreter(Shape.WireCount);
        Define(interpreter, input);
        return interpreter.Broken is { } row
            ? new(null, $"The input does not fit: {Name} breaks at “{row}”.")
            : new(interpreter.Witness, null);
    }

    public override Assignment Assign(ReadOnlySpan<byte> json)
    {
        var input = CircuitJson.Read<TInput>(json, out var reason);
        return input is null ? new(null, reason) : Assign(input);
    }

    /// <summary>The one definition, read for the shape and for each witness.</summary>
    private protected abstract void Define<T>(IInterpreter<T> circuit, TInput input)
        where T : struct, IExpression<T>;

    /// <summary>Sizes and indices that a definition relies on.</summary>
    private protected virtual string? RefuseInput(TInput input) => null;

    private protected override ConstraintSystem DrawShape()
    {
        var interpreter = new ShapeInterpreter();
        Define(interpreter, Blank);
        return interpreter.ToConstraintSystem();
    }
}

/// <summary>A witness, or the reason why the input has none.</summary>
public readonly record struct Assignment(Fr[]? Witness, string? Refusal);
