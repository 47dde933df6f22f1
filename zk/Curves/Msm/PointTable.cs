using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>Rows of points in memory: row w holds 2^(bits·w) times each.</summary>
static unsafe class PointTable
{
    /// <summary>
    /// Points none of which is infinity; each row is filled up to whole groups. What is ready need not be built.
    /// </summary>
    public static PointStore Build<F, S, TLanes, TLaneCurve, TCurve>(
        ReadOnlyMemory<Affine<S, TCurve>> points, int rows, int bits, PointStore? ready)
        where F : unmanaged, IField<F>
        where S : unmanaged, IScalarField<S>
        where TLanes : struct, IPointLanes<F, S>
        where TLaneCurve : struct, ICurve<F>
        where TCurve : struct, ICurve<S>
    {
        var lanes = TLanes.Count;
        var groups = (points.Length + lanes - 1) / lanes;
        var rowBytes = (long)groups * lanes * TLanes.Size;
        if (ready?.Length == rows * rowBytes) return ready;

        var store = new PointStore(rows * rowBytes);
        Parallel.For(0, groups, group =>
        {
            Span<S> x = stackalloc S[lanes];
            Span<S> y = stackalloc S[lanes];
            for (var i = 0; i < lanes; i++)
            {
                var point = points.Span[Math.Min((group * lanes) + i, points.Length - 1)];
                (x[i], y[i]) = (point.X, point.Y);
            }

            var record = store.Start + ((long)group * lanes * TLanes.Size);
            WriteRows<F, S, TLanes, TLaneCurve>(TLanes.Gather(x), TLanes.Gather(y), record, rowBytes, rows, bits);
        });
        return store;
    }

    static void WriteRows<F, S, TLanes, TLaneCurve>(
        in F x, in F y, byte* record, long rowBytes, int rows, int bits)
        where F : unmanaged, IField<F>
        where S : unmanaged, IScalarField<S>
        where TLanes : struct, IPointLanes<F, S>
        where TLaneCurve : struct, ICurve<F>
    {
        TLanes.Store(record, x, y);
        if (rows == 1) return;

        Span<Projective<F, TLaneCurve>> multiples = stackalloc Projective<F, TLaneCurve>[rows];
        Span<F> products = stackalloc F[rows];
        multiples[0] = new(x, y, F.One);
        var product = F.One;
        for (var row = 1; row < rows; row++)
        {
            var multiple = multiples[row - 1];
            for (var bit = 0; bit < bits; bit++)
            {
                multiple = multiple.Twice();
            }

            multiples[row] = multiple;
            products[row] = product;
            product *= multiple.Z;
        }

        // No point of odd order doubles to infinity: no Z is zero.
        var inverse = product.Invert();
        for (var row = rows - 1; row > 0; row--)
        {
            var z = inverse * products[row];
            inverse *= multiples[row].Z;
            TLanes.Store(record + (row * rowBytes), multiples[row].X * z, multiples[row].Y * z);
        }
    }
}
