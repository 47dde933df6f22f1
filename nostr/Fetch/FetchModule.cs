using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Fetch;

/// <summary>The front door of fetching what strangers name.</summary>
public static class FetchModule
{
    /// <summary>One set of rules for all: whoever fetches asks for it, and it is added once.</summary>
    public static IServiceCollection AddSafeFetch(this IServiceCollection services)
    {
        services.AddOptions<FetchOptions>().BindConfiguration(FetchOptions.Section);
        services.TryAddSingleton(provider =>
            new SafeAddress(provider.GetRequiredService<IOptions<FetchOptions>>().Value.AllowedEndpoints));
        services.TryAddSingleton<SafeFetch>();
        return services;
    }
}
