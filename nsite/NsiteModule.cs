using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Nsite.Publishing;

namespace PoA.Nostr.Nsite;

/// <summary>
/// The front door of publishing: storefronts on Blossom servers, and what says where they are. The program registers a
/// <see cref="Storefront.StorefrontSource"/>.
/// </summary>
public static class NsiteModule
{
    public static IHostApplicationBuilder AddNsite(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NsiteOptions>().BindConfiguration(NsiteOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NsiteOptions>, NsiteOptionsValidator>();
        services.AddBlossomClient();
        services.AddSingleton<WithdrawFiles>().AddSingleton<ReleaseStorefront>().AddSingleton<PublishStorefront>();
        services.AddSingleton<StorefrontPublisher>();
        services.AddSingleton<IAnnouncementSource>(given => given.GetRequiredService<StorefrontPublisher>());
        services.AddHostedService(given => given.GetRequiredService<StorefrontPublisher>());
        return builder;
    }
}
