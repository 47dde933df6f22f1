using Npgsql;

namespace PoA.Nostr.Blossom;

/// <summary>
/// The seam to whoever takes money for blobs (BUD-07): this server knows the price, he knows rails and books. What is
/// paid goes to the balance of the key that uploads, and only a blob that is kept takes its price from there: an
/// upload that fails costs nothing, and what was paid too much stays the key's.
/// </summary>
public interface IBlobTill
{
    /// <summary>Whether this key pays nothing: it is one of the house.</summary>
    bool IsFree(string pubkey);

    /// <summary>The ways to pay the price. Neither is there when no rail answers.</summary>
    Task<BlobDemand> DemandAsync(string pubkey, Msat price, CancellationToken ct);

    /// <summary>What is wrong with a payment before the bytes come. Null is welcome; nothing is taken.</summary>
    Task<Problem?> RefuseAsync(BlobPayment payment, Msat price, CancellationToken ct);

    /// <summary>Puts a payment on the key's balance; the same payment twice is one. Null once it is there.</summary>
    Task<Problem?> TakeAsync(string pubkey, BlobPayment payment, CancellationToken ct);

    /// <summary>In the transaction that keeps the blob: its price leaves the key's balance, once.</summary>
    /// <returns>Null, or that the balance is too small.</returns>
    Task<Problem?> ChargeAsync(NpgsqlTransaction tx, string pubkey, string sha256, Msat price, CancellationToken ct);
}
