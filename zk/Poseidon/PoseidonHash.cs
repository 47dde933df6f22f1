using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// Poseidon (eprint 2019/458) over the scalar field of BN254, x^5, 8 full rounds, as circomlib computes it. The element
/// of capacity holds the domain tag; with tag 0 values equal circomlib's.
/// </summary>
public static class PoseidonHash
{
    static readonly Lazy<PoseidonSchedule<Fr>>[] Schedules = PoseidonSchedule<Fr>.ForAllWidths(value => value);

    /// <summary>The hash of 1 to 16 elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No input, or more than 16.</exception>
    public static Fr Hash(ReadOnlySpan<Fr> inputs, Fr tag = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(inputs.Length, PoseidonParameters.WidthMax);
        Span<Fr> state = stackalloc Fr[PoseidonParameters.WidthMax];
        state = state[..(inputs.Length + 1)];
        state[0] = tag;
        inputs.CopyTo(state[1..]);
        Permute(state);
        return state[0];
    }

    /// <summary>A node of a tree: tag 0.</summary>
    public static Fr Hash(in Fr left, in Fr right) => Hash([left, right]);

    /// <summary>The permutation itself, for any width 2…17.</summary>
    public static void Permute(Span<Fr> state) =>
        Permute(state, Schedules[state.Length - PoseidonParameters.WidthMin].Value);

    internal static void Permute<T>(Span<T> state, PoseidonSchedule<T> schedule)
        where T : struct, IField<T>
    {
        var half = PoseidonParameters.FullRounds / 2;
        var rounds = schedule.Constants.Length;
        for (var round = 0; round < half; round++)
        {
            FullRound(state, schedule.Constants[round], round == half - 1 ? schedule.MixBeforePartial : schedule.Mix);
        }

        for (var round = half; round < rounds - half; round++)
        {
            PartialRound(
                state, schedule.Constants[round][0],
                schedule.SparseRows[round - half], schedule.SparseColumns[round - half]);
        }

        for (var round = rounds - half; round < rounds; round++)
        {
            FullRound(state, schedule.Constants[round], schedule.Mix);
        }
    }

    [SkipLocalsInit]
    static void FullRound<T>(Span<T> state, T[] constants, T[] mix)
        where T : struct, IField<T>
    {
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = Fifth(state[i] + constants[i]);
        }

        T17<T> copy = default;
        Span<T> before = copy;
        before = before[..state.Length];
        state.CopyTo(before);
        for (var i = 0; i < state.Length; i++)
        {
            var row = mix.AsSpan(i * state.Length, state.Length);
            var sum = row[0] * before[0];
            for (var j = 1; j < before.Length; j++)
            {
                sum += row[j] * before[j];
            }

            state[i] = sum;
        }
    }

    static void PartialRound<T>(Span<T> state, in T constant, T[] row, T[] column)
        where T : struct, IField<T>
    {
        var first = Fifth(state[0] + constant);
        var sum = row[0] * first;
        for (var i = 1; i < state.Length; i++)
        {
            sum += row[i] * state[i];
            state[i] += column[i - 1] * first;
        }

        state[0] = sum;
    }

    static T Fifth<T>(in T x)
        where T : struct, IField<T>
    {
        var square = x.Square();
        return square.Square() * x;
    }

    [InlineArray(PoseidonParameters.WidthMax)]
    struct T17<T>
    {
        T _first;
    }
}
