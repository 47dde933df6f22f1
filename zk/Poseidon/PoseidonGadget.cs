using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// Poseidon inside a circuit: three rows an S-box and nothing else, 3·(8t + partial rounds − 1). The first S-box of the
/// first round has a constant argument and is folded.
/// </summary>
public static class PoseidonGadget
{
    /// <summary>The hash of the inputs, as an expression.</summary>
    public static T Hash<T>(IInterpreter<T> circuit, string scope, ReadOnlySpan<T> inputs, in Fr tag = default)
        where T : struct, IExpression<T>
    {
        circuit.Enter(scope);
        var (parameters, state) = UntilLastBox(circuit, inputs, tag);
        var first = Fifth(circuit, state[0]);
        var hash = (first * parameters.Mix[0][0]) + Rest(parameters, state);
        circuit.Leave();
        return hash;
    }

    /// <summary>The inputs hash to the target. The last S-box carries the equation, so that it costs no row.</summary>
    public static void Require<T>(
        IInterpreter<T> circuit, string scope, ReadOnlySpan<T> inputs, in Fr tag, in T target)
        where T : struct, IExpression<T>
    {
        circuit.Enter(scope);
        var (parameters, state) = UntilLastBox(circuit, inputs, tag);
        var fourth = Fourth(circuit, state[0]);
        var result = (target - Rest(parameters, state)) * parameters.Mix[0][0].Invert();
        circuit.Require("hash", fourth, state[0], result);
        circuit.Leave();
    }

    /// <summary>All rounds up to the S-box of element 0 in the last one; elements 1…t − 1 have passed theirs.</summary>
    static (PoseidonParameters Parameters, T[] State) UntilLastBox<T>(
        IInterpreter<T> circuit, ReadOnlySpan<T> inputs, in Fr tag)
        where T : struct, IExpression<T>
    {
        var parameters = PoseidonParameters.OfWidth(inputs.Length + 1);
        var constants = parameters.Constants;
        var half = PoseidonParameters.FullRounds / 2;
        T[] state = [T.Constant(tag), .. inputs];
        for (var round = 0; round < constants.Length; round++)
        {
            if (round >= half && round < constants.Length - half)
            {
                PartialRound(circuit, state, parameters, round - half);
                continue;
            }

            for (var i = 0; i < state.Length; i++)
            {
                state[i] += T.Constant(constants[round][i]);
                if (round == 0 && i == 0)
                {
                    state[0] = T.Constant((tag + constants[0][0]).Pow(5));
                }
                else if (i > 0 || round < constants.Length - 1)
                {
                    state[i] = Fifth(circuit, state[i]);
                }
            }

            if (round < constants.Length - 1)
            {
                state = Apply(round == half - 1 ? parameters.MixBeforePartial : parameters.Mix, state);
            }
        }

        return (parameters, state);
    }

    static void PartialRound<T>(IInterpreter<T> circuit, T[] state, PoseidonParameters parameters, int round)
        where T : struct, IExpression<T>
    {
        var constant = parameters.Constants[round + (PoseidonParameters.FullRounds / 2)][0];
        var row = parameters.SparseRows[round];
        var column = parameters.SparseColumns[round];
        var first = Fifth(circuit, state[0] + T.Constant(constant));
        var sum = first * row[0];
        for (var i = 1; i < state.Length; i++)
        {
            sum += state[i] * row[i];
            state[i] += first * column[i - 1];
        }

        state[0] = sum;
    }

    static T[] Apply<T>(Fr[][] matrix, T[] state)
        where T : struct, IExpression<T>
    {
        var mixed = new T[state.Length];
        for (var i = 0; i < mixed.Length; i++)
        {
            for (var j = 0; j < state.Length; j++)
            {
                mixed[i] += state[j] * matrix[i][j];
            }
        }

        return mixed;
    }

    /// <summary>What elements 1…t − 1 bring to the hash.</summary>
    static T Rest<T>(PoseidonParameters parameters, T[] state)
        where T : struct, IExpression<T>
    {
        var sum = default(T);
        for (var i = 1; i < state.Length; i++)
        {
            sum += state[i] * parameters.Mix[0][i];
        }

        return sum;
    }

    /// <summary>x^4 stands in A and x in B: the fourth power then needs no point of G2.</summary>
    static T Fifth<T>(IInterpreter<T> circuit, in T x)
        where T : struct, IExpression<T> => circuit.Multiply("x^5", Fourth(circuit, x), x);

    static T Fourth<T>(IInterpreter<T> circuit, in T x)
        where T : struct, IExpression<T>
    {
        var square = circuit.Multiply("x^2", x, x);
        return circuit.Multiply("x^4", square, square);
    }
}
