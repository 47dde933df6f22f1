using System.Runtime.Intrinsics.X86;

namespace PoA.Nostr.Zk.Fields;

/// <summary>Which of the two arithmetic paths bulk work takes. Both give the same answers.</summary>
public enum Arithmetic
{
    /// <summary>Eight lanes where the processor has AVX-512 (F and DQ), else one element at a time.</summary>
    Best,

    /// <summary>One element at a time, on any processor.</summary>
    Scalar,
}

/// <summary>What the processor at hand can do.</summary>
public static class ArithmeticPaths
{
    public static bool HasLanes => Avx512DQ.IsSupported;

    internal static bool UsesLanes(this Arithmetic arithmetic) => HasLanes && arithmetic == Arithmetic.Best;
}
