using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Blossom.Store;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>Gives a staged blob its name, its row and its owner, all or nothing. Upload, media and mirror end here.</summary>
public sealed partial class KeepBlob(
    NpgsqlDataSource db, IBlobStore store, IOptions<BlossomOptions> options, ILogger<KeepBlob> log)
{
    /// <summary>The blob, and whether this server sees it for the first time.</summary>
    public async Task<(BlobRow Blob, bool Created)> HandleAsync(
        StagedBlob staged, string mediaType, string owner, CancellationToken ct)
    {
        var result = await db.InTransactionAsync(tx => KeepAsync(tx, staged, mediaType, owner, ct), ct);
        if (result.Created) LogKept(staged.Sha256, staged.Size);
        return result;
    }

    async Task<(BlobRow, bool)> KeepAsync(
        NpgsqlTransaction tx, StagedBlob staged, string mediaType, string owner, CancellationToken ct)
    {
        await BlobRows.LockAsync(tx, staged.Sha256, ct);
        var row = new { staged.Sha256, staged.Size, mediaType, owner, limit = options.Value.KeyBytesMax };
        var created = await tx.RunAsync(InsertBlob, row, ct) == 1;
        if (await tx.RunAsync(InsertOwner, row, ct) == 1 && await tx.RunAsync(AddToQuota, row, ct) == 0)
        {
            throw new ProblemException(
                BlossomProblems.QuotaUsed with { Detail = $"The limit is {options.Value.KeyBytesMax} bytes." });
        }

        if (await store.SizeAsync(staged.Sha256, ct) != staged.Size) await store.KeepAsync(staged.Sha256, staged.Path, ct);
        return ((await tx.OneAsync<BlobRow>(SelectKept, row, ct))!, created);
    }

    const string InsertBlob = """
        insert into blossom.blob (sha256, size_bytes, media_type)
        values (@Sha256, @Size, @mediaType)
        on conflict (sha256) do nothing
        """;

    const string InsertOwner = """
        insert into blossom.owner (pubkey, sha256)
        values (@owner, @Sha256)
        on conflict do nothing
        """;

    const string AddToQuota = """
        insert into blossom.quota (pubkey, used_bytes)
        select @owner, @Size where @Size <= @limit
        on conflict (pubkey) do update set used_bytes = quota.used_bytes + excluded.used_bytes
         where quota.used_bytes + excluded.used_bytes <= @limit
        """;

    const string SelectKept = """
        select sha256 as Sha256, size_bytes as SizeBytes, media_type as MediaType, extract(epoch from uploaded_at)::bigint as UploadedAt
          from blossom.blob
         where sha256 = @Sha256
        """;

    [LoggerMessage(LogLevel.Information, "Kept blob {Sha256} of {Size} bytes")]
    partial void LogKept(string sha256, long size);
}
