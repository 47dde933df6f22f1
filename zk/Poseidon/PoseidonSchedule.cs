using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Poseidon;

/// <summary>The parameters of one width as elements of T: one field element, or the same one in eight lanes.</summary>
sealed class PoseidonSchedule<T>(PoseidonParameters parameters, Func<Fr, T> lift)
    where T : struct, IField<T>
{
    public T[][] Constants { get; } = Lift(parameters.Constants, lift);

    /// <summary>Row after row in one array.</summary>
    public T[] Mix { get; } = [.. parameters.Mix.SelectMany(row => row).Select(lift)];

    public T[] MixBeforePartial { get; } = [.. parameters.MixBeforePartial.SelectMany(row => row).Select(lift)];

    public T[][] SparseRows { get; } = Lift(parameters.SparseRows, lift);

    public T[][] SparseColumns { get; } = Lift(parameters.SparseColumns, lift);

    /// <summary>One lazily made schedule a width.</summary>
    public static Lazy<PoseidonSchedule<T>>[] ForAllWidths(Func<Fr, T> lift) =>
    [
        .. Enumerable.Range(PoseidonParameters.WidthMin, PoseidonParameters.WidthMax - 1)
            .Select(width => new Lazy<PoseidonSchedule<T>>(() => new(PoseidonParameters.OfWidth(width), lift))),
    ];

    static T[][] Lift(Fr[][] rows, Func<Fr, T> lift) => [.. rows.Select(row => row.Select(lift).ToArray())];
}
