using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Tests.Nostr.Blossom;

/// <summary>A client that may reach these endpoints of the loopback address.</summary>
sealed class TestBlossomClient : IDisposable
{
    readonly SafeFetch _fetch;

    public TestBlossomClient(params string[] allowed)
    {
        var addresses = new SafeAddress(allowed);
        _fetch = new(addresses);
        Blossom = new(addresses, _fetch, TimeProvider.System);
        Place = new(Blossom, Options.Create(new BlossomClientOptions()), NullLogger<PlaceBlob>.Instance);
        Find = new(Blossom);
    }

    public BlossomClient Blossom { get; }

    public PlaceBlob Place { get; }

    public FindBlob Find { get; }

    public void Dispose()
    {
        Blossom.Dispose();
        _fetch.Dispose();
    }
}
