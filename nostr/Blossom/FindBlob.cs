using PoA.Nostr.Fetch;

namespace PoA.Nostr.Blossom;

/// <summary>Looks for a blob on one server after the other; the first bytes that have its hash count.</summary>
public sealed class FindBlob(BlossomClient client)
{
    /// <exception cref="ProblemException">No server gave it: the reason of the last one, or not found.</exception>
    public async Task<FetchedDocument> FindAsync(
        IEnumerable<Uri> servers, string sha256, long bytesMax, CancellationToken ct)
    {
        var last = BlossomClientProblems.NotFound;
        foreach (var server in servers.Distinct())
        {
            try
            {
                return await client.GetAsync(server, sha256, bytesMax, ct);
            }
            catch (ProblemException e)
            {
                last = e.Problem;
            }
        }

        throw new ProblemException(last);
    }
}
