using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>What every proof about a platform's statement is proved from: see <see cref="Statement"/>.</summary>
public interface IStatementInput
{
    Fr Commitment { get; }

    Fr Context { get; }

    Fr Secret { get; }

    Fr Reputation { get; }

    Fr Settled { get; }

    Fr Disputed { get; }

    Fr Salt { get; }
}

/// <summary>The committed record, opened: what limits are compared with.</summary>
readonly record struct OpenedRecord<T>(T Reputation, T Settled, T Disputed)
    where T : struct, IExpression<T>;

/// <summary>
/// The committed record lies within two public limits. Public signals: nullifier, commitment, the limits, context.
/// </summary>
public abstract class StatementCircuit<TInput> : Circuit<TInput>
    where TInput : IStatementInput
{
    private protected StatementCircuit()
    {
    }

    private protected override void Define<T>(IInterpreter<T> circuit, TInput input)
    {
        var nullifier = circuit.Public("nullifier", Subject.Nullifier(input.Secret, input.Context));
        var commitment = circuit.Public("commitment", input.Commitment);
        var limits = DeclareLimits(circuit, input);
        var context = circuit.Public("context", input.Context);
        var secret = circuit.Private("secret", input.Secret);
        var reputation = circuit.Private("reputation", input.Reputation);
        var settled = circuit.Private("settled", input.Settled);
        var disputed = circuit.Private("disputed", input.Disputed);
        var salt = circuit.Private("salt", input.Salt);

        var subject = Subject.Of(circuit, secret);
        Statement.Require(circuit, [subject, reputation, settled, disputed, salt], commitment);
        RequireWithin(circuit, limits, new(reputation, settled, disputed));
        Subject.RequireNullifier(circuit, secret, context, nullifier);
    }

    private protected abstract (T First, T Second) DeclareLimits<T>(IInterpreter<T> circuit, TInput input)
        where T : struct, IExpression<T>;

    private protected abstract void RequireWithin<T>(
        IInterpreter<T> circuit, (T First, T Second) limits, OpenedRecord<T> opened)
        where T : struct, IExpression<T>;
}
