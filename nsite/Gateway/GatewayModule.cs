using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Nsite.Gateway;

/// <summary>
/// The front door of the gateway. Its origin is its own: nothing is mapped beside it. It needs an
/// <see cref="IEventFinder"/>, a <see cref="Relays.RelayPool"/>, <see cref="Fetch.SafeFetch"/> and a
/// <see cref="Storefront.StorefrontSource"/>.
/// </summary>
public static class GatewayModule
{
    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddSingleton<SiteNames>().AddSingleton<FindSite>().AddSingleton<FetchFile>();
        services.AddSingleton<GatewayFront>().AddSingleton<ServeSite>();
        services.AddHostedService<SiteListener>();
        return builder;
    }

    public static void MapGateway(this WebApplication app)
    {
        var serve = app.Services.GetRequiredService<ServeSite>();
        app.Run(serve.HandleAsync);
    }
}
