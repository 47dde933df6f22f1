using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Fetch;

/// <summary>Where strangers' addresses may lead.</summary>
public sealed class FetchOptions
{
    public const string Section = "Fetch";

    /// <summary>
    /// Exact <c>host:port</c> pairs that strangers' addresses may name though they are not public: the devnet's.
    /// Empty in production.
    /// </summary>
    public string[] AllowedEndpoints { get; set; } = [];
}

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
