using PoA.Nostr.Devnet.Lightning;
using PoA.Nostr.Devnet.Mint;

namespace PoA.Nostr.Tests.Support;

/// <summary>Mints in memory, at addresses that no other mint of this run had.</summary>
static class Mints
{
    /// <param name="options">What it is like.</param>
    /// <param name="network">Another mint's, or null for one of its own.</param>
    public static Task<DevnetMint> StartAsync(MintOptions? options = null, LightningNetwork? network = null) =>
        FreshAddress.StartAsync(
            () => DevnetMint.StartAsync(
                null, options ?? new(), TimeProvider.System, TestContext.Current.CancellationToken, network: network),
            mint => mint.Url);
}
