using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// Poseidon (eprint 2019/458) over the scalar field of BN254, x^5, 8 full rounds, as circomlib computes it. The element
/// of capacity holds the domain tag; with tag 0 values equal circomlib's.
/// </summary>
public static class PoseidonHash
{
    /// <summary>Hashes at a time.</summary>
    const int Lanes = 2 * Fr8.Count;

    static readonly Lazy<PoseidonSchedule<Fr>>[] Schedules = PoseidonSchedule<Fr>.ForAllWidths(value => value);

    static readonly Lazy<PoseidonSchedule<Twin<Fr8>>>[] LaneSchedules =
        PoseidonSchedule<Twin<Fr8>>.ForAllWidths(value => new(Fr8.Of(value).Canonical(), Fr8.Of(value).Canonical()));

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

    /// <summary>
    /// Many hashes of equally many inputs, one after another in <paramref name="inputs"/>: sixteen at a time where the
    /// processor can.
    /// </summary>
    public static void HashMany(
        ReadOnlySpan<Fr> inputs, Span<Fr> hashes, Fr tag = default, Arithmetic arithmetic = Arithmetic.Best)
    {
        if (hashes.IsEmpty) return;

        var count = inputs.Length / hashes.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs.Length, count * hashes.Length);
        var done = 0;
        if (arithmetic.UsesLanes())
        {
            for (; hashes.Length - done >= Lanes; done += Lanes)
            {
                HashSixteen(inputs[(done * count)..], count, hashes[done..], tag);
            }

            if (hashes.Length - done > Lanes / 4)
            {
                Span<Fr> all = new Fr[Lanes * count];
                Span<Fr> results = stackalloc Fr[Lanes];
                inputs[(done * count)..].CopyTo(all);
                HashSixteen(all, count, results, tag);
                results[..(hashes.Length - done)].CopyTo(hashes[done..]);
                return;
            }
        }

        for (; done < hashes.Length; done++)
        {
            hashes[done] = Hash(inputs.Slice(done * count, count), tag);
        }
    }

    static void HashSixteen(ReadOnlySpan<Fr> inputs, int count, Span<Fr> hashes, in Fr tag)
    {
        var schedule = LaneSchedules[count + 1 - PoseidonParameters.WidthMin].Value;
        Span<Twin<Fr8>> state = stackalloc Twin<Fr8>[count + 1];
        Span<Fr> column = stackalloc Fr[Lanes];
        state[0] = new(Fr8.Of(tag), Fr8.Of(tag));
        for (var i = 0; i < count; i++)
        {
            for (var lane = 0; lane < column.Length; lane++)
            {
                column[lane] = inputs[(lane * count) + i];
            }

            state[i + 1] = new(Fr8.Load(column), Fr8.Load(column[Fr8.Count..]));
        }

        Permute(state, schedule);
        state[0].First.Store(hashes);
        state[0].Second.Store(hashes[Fr8.Count..]);
    }

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
            state[i] = T.Dot(mix.AsSpan(i * state.Length, state.Length), before);
        }
    }

    static void PartialRound<T>(Span<T> state, in T constant, T[] row, T[] column)
        where T : struct, IField<T>
    {
        var first = Fifth(state[0] + constant);
        state[0] = first;
        var sum = T.Dot(row, state);
        for (var i = 1; i < state.Length; i++)
        {
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
