using Microsoft.Extensions.DependencyInjection;

namespace PoA.Nostr.Database;

public static class NotificationsModule
{
    /// <summary>Word between processes, over the <see cref="DirectDatabase"/> that the house registers.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<Notifications>();
        return services.AddHostedService(provider => provider.GetRequiredService<Notifications>());
    }
}
