using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Blossom;

/// <summary>GET /list/&lt;pubkey&gt; (BUD-12): newest first, in pages; the cursor is the last hash of a page.</summary>
public static class ListBlobs
{
    const int PageMax = 1_000;

    public static void MapListBlobs(this IEndpointRouteBuilder routes) => routes.MapGet("/list/{pubkey}", HandleAsync);

    static async Task<JsonHttpResult<IReadOnlyList<BlobDescriptor>>> HandleAsync(
        string pubkey, string? cursor, int? limit, NpgsqlDataSource db, IOptions<BlossomOptions> options,
        CancellationToken ct)
    {
        if (!Hex.Is32(pubkey))
        {
            throw new ProblemException(BlossomProblems.BadRequest with { Detail = "A key is 64 hex digits." });
        }

        if (cursor is not null && !Hex.Is32(cursor)) throw new ProblemException(BlossomProblems.BadHash);

        var page = Math.Clamp(limit ?? PageMax, 1, PageMax);
        var rows = await db.ManyAsync<BlobRow>(SelectPage, new { pubkey, cursor, page }, ct);
        IReadOnlyList<BlobDescriptor> list = [.. rows.Select(row => DescribeBlob.Of(row, options.Value.PublicUrl))];
        return TypedResults.Json(list, BlossomJson.Default.IReadOnlyListBlobDescriptor);
    }

    const string SelectPage = """
        select b.sha256 as Sha256, b.size_bytes as SizeBytes, b.media_type as MediaType,
               extract(epoch from date_trunc('second', o.uploaded_at))::bigint as UploadedAt
          from blossom.owner o
          join blossom.blob b on b.sha256 = o.sha256
         where o.pubkey = @pubkey
           and (@cursor::text is null or (o.uploaded_at, o.sha256) <
               (select uploaded_at, sha256 from blossom.owner where pubkey = @pubkey and sha256 = @cursor
                union all
                select uploaded_at, sha256 from blossom.let_go where pubkey = @pubkey and sha256 = @cursor
                 limit 1))
         order by o.uploaded_at desc, o.sha256 desc
         limit @page
        """;
}
