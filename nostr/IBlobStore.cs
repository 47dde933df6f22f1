namespace PoA.Nostr;

/// <summary>Where the bytes of blobs lie, by their SHA-256. It knows nothing of owners, types or rules.</summary>
public interface IBlobStore
{
    /// <summary>
    /// Takes over a finished file on this machine whose hash is known, and makes it durable under that hash.
    /// Keeping the same hash twice keeps it once. The file is gone from its old place afterwards.
    /// </summary>
    Task KeepAsync(string sha256, string finishedFile, CancellationToken ct);

    /// <summary>Null when there is no such blob. The caller disposes what it gets.</summary>
    /// <param name="sha256">64 lower-case hex digits.</param>
    /// <param name="from">First byte, within the blob.</param>
    /// <param name="length">How many bytes from there.</param>
    /// <param name="ct">Ends the wait for the store.</param>
    Task<Stream?> OpenAsync(string sha256, long from, long length, CancellationToken ct);

    /// <summary>The blob's size in bytes, or null when there is no such blob.</summary>
    Task<long?> SizeAsync(string sha256, CancellationToken ct);

    /// <summary>Deleting what is not there is fine.</summary>
    Task DeleteAsync(string sha256, CancellationToken ct);

    /// <summary>Every hash that is kept, for reconciling with the rows.</summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken ct);
}
