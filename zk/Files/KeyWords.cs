using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Zk.Files;

/// <summary>Verdicts and defects as sentences. Exhaustive, or it does not compile.</summary>
public static class KeyWords
{
    public static string Sentence(this KeyDefect defect) => defect switch
    {
        KeyDefect.None => "the key is sound.",
        KeyDefect.PointOutsideGroup => "a point is not on its curve, or not of the right order.",
        KeyDefect.PointAtInfinity => "a point is infinity.",
        KeyDefect.WithoutSignals => "it has no IC.",
        KeyDefect.DeltaIsGamma => "delta equals gamma: nobody contributed to phase 2, anybody could forge proofs.",
        KeyDefect.DeltaIsGenerator =>
            "delta is the generator: nobody contributed to phase 2, anybody could forge proofs.",
    };

    public static string Sentence(this Verdict verdict) => verdict switch
    {
        Verdict.Accepted => "The proof holds.",
        Verdict.WrongSignalCount => "The proof is refused: the key has another number of public signals.",
        Verdict.MalformedPoint => "The proof is refused: a point is infinity or not on its curve.",
        Verdict.NotInSubgroup => "The proof is refused: B is not of the right order.",
        Verdict.EquationFails => "The proof is refused: it does not prove these public signals under this key.",
    };
}
