using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// Poseidon inside a circuit: three rows an S-box and nothing else, 3·(8t + partial rounds − 1). The first S-box of the
/// first round has a constant argument and is folded. A wire stands for the argument of an S-box, not for its result:
/// A and B have one term a row, and the linear layers, turned round, stand in C, which no prover multiplies.
/// </summary>
public static class PoseidonGadget
{
    /// <summary>The hash of the inputs, as a new wire.</summary>
    public static T Hash<T>(IInterpreter<T> circuit, string scope, ReadOnlySpan<T> inputs, in Fr tag = default)
        where T : struct, IExpression<T>
    {
        circuit.Enter(scope);
        var (parameters, state) = UntilLastBox(circuit, inputs, tag);
        var fourth = Fourth(circuit, state[0]);
        var rest = Rest(parameters, state);
        var fifth = circuit.Read(fourth) * circuit.Read(state[0]);
        var hash = circuit.Private("hash", (fifth * parameters.Mix[0][0]) + circuit.Read(rest));
        circuit.Require("hash", fourth, state[0], (hash - rest) * parameters.Inverse.OfFirst);
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
        var result = (target - Rest(parameters, state)) * parameters.Inverse.OfFirst;
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
        T[] state = [T.Constant((tag + constants[0][0]).Pow(5)), .. inputs];
        for (var i = 1; i < state.Length; i++)
        {
            state[i] = Fifth(circuit, state[i] + T.Constant(constants[0][i]));
        }

        state = Apply(parameters.Mix, state);
        for (var i = 0; i < state.Length; i++)
        {
            state[i] += T.Constant(constants[1][i]);
        }

        for (var round = 1; round < constants.Length - 1; round++)
        {
            if (round == half - 1)
            {
                state = MiddleRounds(circuit, state, parameters);
                round += parameters.PartialRounds;
            }
            else
            {
                state = FullRound(circuit, state, parameters, constants[round + 1]);
            }
        }

        for (var i = 1; i < state.Length; i++)
        {
            state[i] = Fifth(circuit, state[i]);
        }

        return (parameters, state);
    }

    /// <summary>From the arguments of one full round to new wires for those of the next.</summary>
    static T[] FullRound<T>(IInterpreter<T> circuit, T[] state, PoseidonParameters parameters, Fr[] constants)
        where T : struct, IExpression<T>
    {
        var (fourths, fifths) = Powers(circuit, state);
        var mixed = Apply(parameters.Mix, fifths);
        var next = NewState(circuit, mixed, constants);
        RequireBoxes(circuit, state, fourths, parameters.Inverse.OfMix, WithoutConstants(next, constants));
        return next;
    }

    /// <summary>
    /// The full round before the partial ones, and those. Values run forwards, expressions backwards: from the state
    /// at the end, y = (x′ − Σ rᵢ·sᵢ′)/(r₀ − Σ rᵢ·cᵢ) is what the S-box gave, and sᵢ = sᵢ′ − cᵢ·y stood before it.
    /// </summary>
    static T[] MiddleRounds<T>(IInterpreter<T> circuit, T[] state, PoseidonParameters parameters)
        where T : struct, IExpression<T>
    {
        const int half = PoseidonParameters.FullRounds / 2;
        var (fourths, fifths) = Powers(circuit, state);
        var values = Apply(parameters.MixBeforePartial, fifths);
        var boxes = new (T Fourth, T Argument)[parameters.PartialRounds];
        for (var round = 0; round < boxes.Length; round++)
        {
            boxes[round] = PartialRound(circuit, values, parameters, round);
        }

        var constants = parameters.Constants[half + boxes.Length];
        var next = NewState(circuit, values, constants);
        var back = WithoutConstants(next, constants);
        for (var round = boxes.Length - 1; round >= 0; round--)
        {
            var (row, column) = (parameters.SparseRows[round], parameters.SparseColumns[round]);
            var result = back[0];
            for (var i = 1; i < back.Length; i++)
            {
                result -= back[i] * row[i];
            }

            result *= parameters.Inverse.OfSparse[round];
            circuit.Require("x^5", boxes[round].Fourth, boxes[round].Argument, result);
            for (var i = 1; i < back.Length; i++)
            {
                back[i] -= result * column[i - 1];
            }

            back[0] = boxes[round].Argument - T.Constant(parameters.Constants[half + round][0]);
        }

        RequireBoxes(circuit, state, fourths, parameters.Inverse.OfMixBeforePartial, back);
        return next;
    }

    /// <summary>The values after one partial round, and its S-box.</summary>
    static (T Fourth, T Argument) PartialRound<T>(
        IInterpreter<T> circuit, Value[] values, PoseidonParameters parameters, int round)
        where T : struct, IExpression<T>
    {
        var constant = parameters.Constants[round + (PoseidonParameters.FullRounds / 2)][0];
        var argument = circuit.Private("x", values[0].Number + constant);
        var fourth = Fourth(circuit, argument);
        var fifth = new Value(circuit.Read(fourth) * circuit.Read(argument));
        var sum = fifth * parameters.SparseRows[round][0];
        for (var i = 1; i < values.Length; i++)
        {
            sum += values[i] * parameters.SparseRows[round][i];
            values[i] += fifth * parameters.SparseColumns[round][i - 1];
        }

        values[0] = sum;
        return (fourth, argument);
    }

    static T[] NewState<T>(IInterpreter<T> circuit, Value[] values, Fr[] constants)
        where T : struct, IExpression<T>
    {
        var state = new T[values.Length];
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = circuit.Private("x", values[i].Number + constants[i], i);
        }

        return state;
    }

    static T[] WithoutConstants<T>(T[] state, Fr[] constants)
        where T : struct, IExpression<T>
    {
        var bare = new T[state.Length];
        for (var i = 0; i < bare.Length; i++)
        {
            bare[i] = state[i] - T.Constant(constants[i]);
        }

        return bare;
    }

    static (T[] Fourths, Value[] Fifths) Powers<T>(IInterpreter<T> circuit, T[] state)
        where T : struct, IExpression<T>
    {
        var fourths = new T[state.Length];
        var fifths = new Value[state.Length];
        for (var i = 0; i < state.Length; i++)
        {
            fourths[i] = Fourth(circuit, state[i]);
            fifths[i] = new(circuit.Read(fourths[i]) * circuit.Read(state[i]));
        }

        return (fourths, fifths);
    }

    /// <summary>The S-boxes of a full round gave what the matrix took to the mixed state.</summary>
    static void RequireBoxes<T>(IInterpreter<T> circuit, T[] state, T[] fourths, Fr[][] inverse, T[] mixed)
        where T : struct, IExpression<T>
    {
        var fifths = Apply(inverse, mixed);
        for (var i = 0; i < state.Length; i++)
        {
            circuit.Require("x^5", fourths[i], state[i], fifths[i]);
        }
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
