namespace PoA.Nostr.Market.Index;

public static class IndexProblems
{
    public static readonly Problem KindNotIndexed = new(
        "index/kind-not-indexed", 501, RecoveryAction.GoElsewhere,
        "The filter asks for kinds that this index does not keep, so that a count of them would be wrong.");

    public static readonly Problem FilterTooLarge = new(
        "index/filter-too-large", 422, RecoveryAction.FixRequest,
        "At most ten filters, and a thousand values in all of them together.");
}
