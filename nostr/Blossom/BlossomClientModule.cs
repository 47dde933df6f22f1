using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Blossom;

/// <summary>The front door of whoever keeps blobs on Blossom servers.</summary>
public static class BlossomClientModule
{
    /// <summary>One client for all; whoever needs it adds it, and it is added once.</summary>
    public static IServiceCollection AddBlossomClient(this IServiceCollection services)
    {
        services.AddSafeFetch();
        services.AddOptions<BlossomClientOptions>().BindConfiguration(BlossomClientOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BlossomClient>();
        services.TryAddSingleton<PlaceBlob>();
        services.TryAddSingleton<FindBlob>();
        return services;
    }
}
