using Microsoft.AspNetCore.Http;

namespace PoA.Nostr.Blossom;

/// <summary>A small request body, whole, and never more of it than is allowed.</summary>
static class BoundedBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest request, int bytesMax, CancellationToken ct)
    {
        if (request.ContentLength > bytesMax) throw new ProblemException(BlossomProblems.TooLarge);
        using var whole = new MemoryStream();
        var buffer = new byte[8 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (whole.Length + read > bytesMax) throw new ProblemException(BlossomProblems.TooLarge);
            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }
}
