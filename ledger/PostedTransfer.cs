namespace PoA.Nostr.Ledger;

/// <summary>What became of a transfer.</summary>
/// <param name="Id">Of the transfer that was asked for.</param>
/// <param name="Replayed">It was there already, with the same content.</param>
/// <param name="PostedAt">When it was posted first.</param>
/// <param name="FromBalance">Of the payer (of its shard, where it has shards) just after it.</param>
/// <param name="ToBalance">Of the payee, likewise.</param>
public sealed record PostedTransfer(
    Guid Id, bool Replayed, DateTimeOffset PostedAt, Msat FromBalance, Msat ToBalance);

/// <summary>What became of a set of transfers: all of it posted, or none.</summary>
/// <param name="Problem">Why it was refused, or null.</param>
/// <param name="Posted">One a transfer, in their order; empty when it was refused.</param>
public sealed record PostedSet(Problem? Problem, IReadOnlyList<PostedTransfer> Posted);
