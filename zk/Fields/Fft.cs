namespace PoA.Nostr.Zk.Fields;

/// <summary>
/// The two butterflies of a transform, over any field elements: one a place, or eight. Layer l has blocks of 2^(l+1)
/// places, and its roots are w^0, w^1 … for the w of that order.
/// </summary>
static class Fft
{
    /// <summary>Natural order in, bit-reversed order out (Gentleman and Sande).</summary>
    public static void Descend<T>(Span<T> values, ReadOnlySpan<T[]> roots)
        where T : unmanaged, IField<T>
    {
        for (var layer = roots.Length - 1; layer >= 0; layer--)
        {
            var half = 1 << layer;
            var own = roots[layer];
            for (var block = 0; block < values.Length; block += 2 * half)
            {
                var low = values.Slice(block, half);
                var high = values.Slice(block + half, half);
                for (var i = 0; i < half; i++)
                {
                    var difference = low[i] - high[i];
                    low[i] += high[i];
                    high[i] = difference * own[i];
                }
            }
        }
    }

    /// <summary>Bit-reversed order in, natural order out (Cooley and Tukey).</summary>
    public static void Ascend<T>(Span<T> values, ReadOnlySpan<T[]> roots)
        where T : unmanaged, IField<T>
    {
        for (var layer = 0; layer < roots.Length; layer++)
        {
            var half = 1 << layer;
            var own = roots[layer];
            for (var block = 0; block < values.Length; block += 2 * half)
            {
                var low = values.Slice(block, half);
                var high = values.Slice(block + half, half);
                for (var i = 0; i < half; i++)
                {
                    var product = high[i] * own[i];
                    high[i] = low[i] - product;
                    low[i] += product;
                }
            }
        }
    }
}
