using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>DELETE /&lt;sha256&gt; (BUD-12): the owner lets go; the bytes go with the last owner.</summary>
public sealed partial class DeleteBlob(
    NpgsqlDataSource db, IBlobStore store, IOptions<BlossomOptions> options, TimeProvider clock,
    ILogger<DeleteBlob> log)
{
    public static void MapDeleteBlob(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/{name}", (HttpContext http, string name, DeleteBlob slice) => slice.HandleAsync(http, name));

    async Task<IResult> HandleAsync(HttpContext http, string name)
    {
        var sha256 = name.Split('.')[0];
        if (!Hex.Is32(sha256)) throw new ProblemException(BlossomProblems.BadHash);
        var token = BlossomToken.Require(http.Request, "delete", sha256, options.Value, clock);

        var ct = http.RequestAborted;
        var unowned = await db.InTransactionAsync(tx => LetGoAsync(tx, sha256, token.Pubkey, ct), ct);
        if (unowned && await BlobRows.DropBytesAsync(db, store, sha256, ct)) LogDropped(sha256);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// True when nobody owns the blob any more. Its bytes go after the commit: a crash in between leaves bytes without
    /// a row, which the sweeper finds.
    /// </summary>
    static async Task<bool> LetGoAsync(NpgsqlTransaction tx, string sha256, string owner, CancellationToken ct)
    {
        await BlobRows.LockAsync(tx, sha256, ct);
        if (await tx.RunAsync(DeleteOwner, new { sha256, owner }, ct) == 0)
        {
            var known = await BlobRows.FindAsync(tx, sha256, ct) is not null;
            throw new ProblemException(known ? BlossomProblems.NotYours : BlossomProblems.NotFound);
        }

        return await BlobRows.DropUnownedAsync(tx, sha256, ct);
    }

    const string DeleteOwner = """
        with gone as (
            delete from blossom.owner
             where pubkey = @owner and sha256 = @sha256
            returning pubkey, sha256, uploaded_at
        ), kept as (
            insert into blossom.let_go (pubkey, sha256, uploaded_at)
            select * from gone
            on conflict (pubkey, sha256) do update set uploaded_at = excluded.uploaded_at, let_go_at = now()
        )
        update blossom.quota
           set used_bytes = used_bytes - (select size_bytes from blossom.blob where sha256 = @sha256)
         where pubkey = @owner and exists (select from gone)
        """;

    [LoggerMessage(LogLevel.Information, "Dropped blob {Sha256}: its last owner let go")]
    partial void LogDropped(string sha256);
}
