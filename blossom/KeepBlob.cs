using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>
/// Gives a staged blob its name, its row and its owner, all or nothing. Upload, media and mirror end here.
/// </summary>
public sealed partial class KeepBlob(
    NpgsqlDataSource db, IBlobStore store, SellUpload sell, Verdicts verdicts, IOptions<BlossomOptions> options,
    ILogger<KeepBlob> log)
{
    /// <summary>The blob, and whether this server sees it for the first time.</summary>
    public async Task<(BlobRow Blob, bool Created)> HandleAsync(
        StagedBlob staged, string mediaType, string owner, CancellationToken ct)
    {
        if (verdicts.IsBlocked(staged.Sha256)) throw new ProblemException(BlossomProblems.Blocked);
        var result = await db.InTransactionAsync(tx => KeepAsync(tx, staged, mediaType, owner, ct), ct);
        if (result.Created) LogKept(staged.Sha256, staged.Size);
        return result;
    }

    /// <summary>Whether there is room for a blob before its bytes are sent. The upload itself decides.</summary>
    /// <param name="owner">Whose room.</param>
    /// <param name="sha256">A blob that the key owns already needs none. Null where the hash was not named.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="ct">Ends the question.</param>
    public async Task<Problem?> RefuseAsync(string owner, string? sha256, long size, CancellationToken ct)
    {
        if (sha256 is not null && verdicts.IsBlocked(sha256)) return BlossomProblems.Blocked;
        var limit = options.Value.KeyBytesMax;
        if (!await db.OneAsync<bool>(SelectRoom, new { owner, sha256, size, limit }, ct)) return QuotaUsed;
        return options.Value.TotalBytesMax is { } total && await db.OneAsync<bool>(SelectFull, new { size, total }, ct)
            ? BlossomProblems.Full
            : null;
    }

    Problem QuotaUsed =>
        BlossomProblems.QuotaUsed with { Detail = $"The limit is {options.Value.KeyBytesMax} bytes." };

    async Task<(BlobRow Blob, bool Created)> KeepAsync(
        NpgsqlTransaction tx, StagedBlob staged, string mediaType, string owner, CancellationToken ct)
    {
        var row = new { staged.Sha256, staged.Size, mediaType, owner, limit = options.Value.KeyBytesMax };
        var kept = await tx.OneLockedAsync<Kept>(BlobRows.LockHash, InsertRows, row, ct);
        if (kept.NewOwner)
        {
            if (!kept.Fits) throw new ProblemException(QuotaUsed);
            await sell.ChargeAsync(tx, owner, staged.Sha256, staged.Size, ct);
        }

        if (await store.SizeAsync(staged.Sha256, ct) != staged.Size)
        {
            await store.KeepAsync(staged.Sha256, staged.Path, ct);
        }

        return (new(staged.Sha256, staged.Size, kept.MediaType, kept.UploadedAt), kept.Created);
    }

    sealed record Kept(bool Created, bool NewOwner, bool Fits, string MediaType, long UploadedAt);

    /// <summary>A blob that is known keeps the type it came with.</summary>
    const string InsertRows = """
        with fresh as (
            insert into blossom.blob (sha256, size_bytes, media_type)
            values (@Sha256, @Size, @mediaType)
            on conflict (sha256) do nothing
            returning media_type, uploaded_at
        ), owner as (
            insert into blossom.owner (pubkey, sha256)
            values (@owner, @Sha256)
            on conflict do nothing
            returning pubkey
        ), quota as (
            insert into blossom.quota (pubkey, used_bytes)
            select pubkey, @Size from owner where @Size <= @limit
            on conflict (pubkey) do update set used_bytes = quota.used_bytes + excluded.used_bytes
             where quota.used_bytes + excluded.used_bytes <= @limit
            returning pubkey
        )
        select exists (select from fresh) as Created, exists (select from owner) as NewOwner,
               exists (select from quota) as Fits, media_type as MediaType,
               extract(epoch from date_trunc('second', uploaded_at))::bigint as UploadedAt
          from (select * from fresh
                 union all
                select media_type, uploaded_at from blossom.blob where sha256 = @Sha256) as blob
        """;

    const string SelectFull = "select coalesce(sum(used_bytes), 0) + @size > @total from blossom.quota";

    const string SelectRoom = """
        select coalesce((select used_bytes from blossom.quota where pubkey = @owner), 0) + @size <= @limit
            or exists (select from blossom.owner where pubkey = @owner and sha256 = @sha256)
        """;

    [LoggerMessage(LogLevel.Information, "Kept blob {Sha256} of {Size} bytes")]
    partial void LogKept(string sha256, long size);
}
