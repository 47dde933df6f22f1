using PoA.Nostr.Blossom.Store;

namespace PoA.Nostr.Tests.Blossom;

public sealed class FileBlobStoreTests : BlobStoreTests
{
    protected override IBlobStore Store => new FileBlobStore(Path.Combine(Folder, "store"));
}
