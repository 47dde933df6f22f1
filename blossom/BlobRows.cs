using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>The SQL that several slices here share: a blob, who owns it, and the lock between them.</summary>
static class BlobRows
{
    /// <summary>
    /// One upload or deletion of a hash at a time, until the transaction ends: bytes and rows move together, so a
    /// deletion cannot take the bytes from under an upload of the same blob.
    /// </summary>
    public static Task LockAsync(NpgsqlTransaction tx, string sha256, CancellationToken ct) =>
        tx.RunAsync(LockHash, new { sha256 }, ct);

    public static Task<BlobRow?> FindAsync(NpgsqlDataSource db, string sha256, CancellationToken ct) =>
        db.OneAsync<BlobRow>(SelectBlob, new { sha256 }, ct);

    public static Task<BlobRow?> FindAsync(NpgsqlTransaction tx, string sha256, CancellationToken ct) =>
        tx.OneAsync<BlobRow>(SelectBlob, new { sha256 }, ct);

    /// <summary>Everybody lets go of the blob, and has the room again.</summary>
    public static Task DropOwnersAsync(NpgsqlTransaction tx, string sha256, CancellationToken ct) =>
        tx.RunAsync(DeleteOwners, new { sha256 }, ct);

    /// <summary>Drops the blob's row when nobody owns it any more. True when it was dropped.</summary>
    public static async Task<bool> DropUnownedAsync(NpgsqlTransaction tx, string sha256, CancellationToken ct) =>
        await tx.RunAsync(DeleteUnowned, new { sha256 }, ct) > 0;

    /// <summary>Bytes that have no row. An upload of the same blob waits meanwhile, and brings its own.</summary>
    public static Task<bool> DropBytesAsync(
        NpgsqlDataSource db, IBlobStore store, string sha256, CancellationToken ct) => db.InTransactionAsync(async tx =>
        {
            await LockAsync(tx, sha256, ct);
            if (await FindAsync(tx, sha256, ct) is not null) return false;
            await store.DeleteAsync(sha256, ct);
            return true;
        }, ct);

    public const string LockHash = "select pg_advisory_xact_lock(hashtextextended(@sha256, 24242))";

    const string SelectBlob = """
        select sha256 as Sha256, size_bytes as SizeBytes, media_type as MediaType,
               extract(epoch from date_trunc('second', uploaded_at))::bigint as UploadedAt
          from blossom.blob
         where sha256 = @sha256
        """;

    const string DeleteOwners = """
        with gone as (
            delete from blossom.owner where sha256 = @sha256 returning pubkey
        )
        update blossom.quota
           set used_bytes = used_bytes - (select size_bytes from blossom.blob where sha256 = @sha256)
         where pubkey in (select pubkey from gone)
        """;

    const string DeleteUnowned = """
        delete from blossom.blob
         where sha256 = @sha256
           and not exists (select from blossom.owner where sha256 = @sha256)
        """;
}
