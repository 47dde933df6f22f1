using System.Runtime.CompilerServices;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>
/// How points lie in memory (x, then y, 32 bytes a coefficient) and come into registers: one at a time or eight. A
/// reference is the address of a record; its lowest bit asks for the negated point.
/// </summary>
unsafe interface IPointLanes<F, S>
    where F : unmanaged, IField<F>
    where S : unmanaged, IScalarField<S>
{
    /// <summary>Points at a time.</summary>
    static abstract int Count { get; }

    /// <summary>Bytes of a record.</summary>
    static abstract int Size { get; }

    static abstract F LoadX(nint* references);

    static abstract void Load(nint* references, out F x, out F y);

    /// <summary>Writes <see cref="Count"/> records, one after another.</summary>
    static abstract void Store(byte* records, in F x, in F y);

    /// <summary>A bit for each zero.</summary>
    static abstract uint Zeros(in F value);

    /// <summary>The first value in the places whose bit is set, the second elsewhere.</summary>
    static abstract F Select(uint bits, in F first, in F second);

    static abstract F Gather(ReadOnlySpan<S> values);

    static abstract void Scatter(in F value, Span<S> values);
}

/// <summary>One point of either group.</summary>
unsafe readonly struct OnePoint<S> : IPointLanes<S, S>
    where S : unmanaged, IScalarField<S>
{
    public static int Count => 1;

    public static int Size => 2 * sizeof(S);

    public static S LoadX(nint* references) => *(S*)(references[0] & ~1);

    public static void Load(nint* references, out S x, out S y)
    {
        var record = (S*)(references[0] & ~1);
        x = record[0];
        y = (references[0] & 1) == 0 ? record[1] : -record[1];
    }

    public static void Store(byte* records, in S x, in S y)
    {
        ((S*)records)[0] = x;
        ((S*)records)[1] = y;
    }

    public static uint Zeros(in S value) => value.IsZero ? 1u : 0;

    public static S Select(uint bits, in S first, in S second) => bits == 0 ? second : first;

    public static S Gather(ReadOnlySpan<S> values) => values[0];

    public static void Scatter(in S value, Span<S> values) => values[0] = value;
}

/// <summary>Eight points of the first group, in the Montgomery form of the lanes.</summary>
unsafe readonly struct EightG1 : IPointLanes<Fq8, Fq>
{
    public static int Count => Fq8.Count;

    public static int Size => 64;

    public static Fq8 LoadX(nint* references) => Fq8.LoadRecords(references, 0);

    public static void Load(nint* references, out Fq8 x, out Fq8 y)
    {
        x = Fq8.LoadRecords(references, 0);
        y = Fq8.LoadRecords(references, 32).NegatedWhere(references);
    }

    public static void Store(byte* records, in Fq8 x, in Fq8 y)
    {
        x.StoreRecords(records, Size, 0);
        y.StoreRecords(records, Size, 32);
    }

    public static uint Zeros(in Fq8 value) => value.ZeroBits();

    public static Fq8 Select(uint bits, in Fq8 first, in Fq8 second) =>
        Fq8.Select(Fq8.MaskOf(bits), first, second);

    public static Fq8 Gather(ReadOnlySpan<Fq> values) => Fq8.Load(values);

    public static void Scatter(in Fq8 value, Span<Fq> values) => value.Store(values);
}

/// <summary>Sixteen points of the first group, in the Montgomery form of the lanes: products go in pairs.</summary>
unsafe readonly struct SixteenG1 : IPointLanes<Twin<Fq8>, Fq>
{
    const int Half = Fq8.Count;

    public static int Count => 2 * Half;

    public static int Size => EightG1.Size;

    public static Twin<Fq8> LoadX(nint* references) => new(EightG1.LoadX(references), EightG1.LoadX(references + Half));

    public static void Load(nint* references, out Twin<Fq8> x, out Twin<Fq8> y)
    {
        EightG1.Load(references, out var x1, out var y1);
        EightG1.Load(references + Half, out var x2, out var y2);
        (x, y) = (new(x1, x2), new(y1, y2));
    }

    public static void Store(byte* records, in Twin<Fq8> x, in Twin<Fq8> y)
    {
        EightG1.Store(records, x.First, y.First);
        EightG1.Store(records + (Half * Size), x.Second, y.Second);
    }

    public static uint Zeros(in Twin<Fq8> value) =>
        EightG1.Zeros(value.First) | (EightG1.Zeros(value.Second) << Half);

    public static Twin<Fq8> Select(uint bits, in Twin<Fq8> first, in Twin<Fq8> second) => new(
        EightG1.Select(bits & 0xff, first.First, second.First),
        EightG1.Select(bits >> Half, first.Second, second.Second));

    public static Twin<Fq8> Gather(ReadOnlySpan<Fq> values) => new(Fq8.Load(values), Fq8.Load(values[Half..]));

    public static void Scatter(in Twin<Fq8> value, Span<Fq> values)
    {
        value.First.Store(values);
        value.Second.Store(values[Half..]);
    }
}

/// <summary>Eight points of the second group, in the Montgomery form of the lanes.</summary>
[SkipLocalsInit]
unsafe readonly struct EightG2 : IPointLanes<Fe2<Fq8>, Fq2>
{
    public static int Count => Fq8.Count;

    public static int Size => 128;

    public static Fe2<Fq8> LoadX(nint* references) =>
        new(Fq8.LoadRecords(references, 0), Fq8.LoadRecords(references, 32));

    public static void Load(nint* references, out Fe2<Fq8> x, out Fe2<Fq8> y)
    {
        x = LoadX(references);
        y = new(
            Fq8.LoadRecords(references, 64).NegatedWhere(references),
            Fq8.LoadRecords(references, 96).NegatedWhere(references));
    }

    public static void Store(byte* records, in Fe2<Fq8> x, in Fe2<Fq8> y)
    {
        x.C0.StoreRecords(records, Size, 0);
        x.C1.StoreRecords(records, Size, 32);
        y.C0.StoreRecords(records, Size, 64);
        y.C1.StoreRecords(records, Size, 96);
    }

    public static uint Zeros(in Fe2<Fq8> value) => value.C0.ZeroBits() & value.C1.ZeroBits();

    public static Fe2<Fq8> Select(uint bits, in Fe2<Fq8> first, in Fe2<Fq8> second)
    {
        var mask = Fq8.MaskOf(bits);
        return new(Fq8.Select(mask, first.C0, second.C0), Fq8.Select(mask, first.C1, second.C1));
    }

    public static Fe2<Fq8> Gather(ReadOnlySpan<Fq2> values)
    {
        Span<Fq> c0 = stackalloc Fq[Fq8.Count];
        Span<Fq> c1 = stackalloc Fq[Fq8.Count];
        for (var i = 0; i < Fq8.Count; i++)
        {
            (c0[i], c1[i]) = (values[i].C0, values[i].C1);
        }

        return new(Fq8.Load(c0), Fq8.Load(c1));
    }

    public static void Scatter(in Fe2<Fq8> value, Span<Fq2> values)
    {
        Span<Fq> c0 = stackalloc Fq[Fq8.Count];
        Span<Fq> c1 = stackalloc Fq[Fq8.Count];
        value.C0.Store(c0);
        value.C1.Store(c1);
        for (var i = 0; i < Fq8.Count; i++)
        {
            values[i] = new(c0[i], c1[i]);
        }
    }
}
