using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>The front door: listening, the inbox, the outbox and announcements, and the pool that they share.</summary>
public static class RelayWorkersModule
{
    /// <summary>
    /// relays.json, read again within seconds of an edit. It is looked at, not watched: events of a file system get
    /// lost on mounts, in containers and among many watchers.
    /// </summary>
    /// <param name="configuration">To which it is added.</param>
    /// <param name="file">With its folder, which is there.</param>
    public static IConfigurationBuilder AddRelayList(this IConfigurationBuilder configuration, string file)
    {
        var folder = new PhysicalFileProvider(Path.GetDirectoryName(file)!)
        {
            UsePollingFileWatcher = true,
            UseActivePolling = true,
        };
        return configuration.AddJsonFile(folder, Path.GetFileName(file), optional: true, reloadOnChange: true);
    }

    /// <summary>
    /// Binds the section <c>RelayWorkers</c> and the root of relays.json. A signer registered under the key
    /// "platform" signs in at relays of ours that demand it.
    /// </summary>
    public static IHostApplicationBuilder AddRelayWorkers(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RelayWorkersOptions>().BindConfiguration(RelayWorkersOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RelayWorkersOptions>, RelayWorkersOptionsValidator>();
        services.AddOptions<RelaysOptions>().BindConfiguration("");
        services.AddSingleton<RelayDirectory>();
        services.AddSingleton<IRelayLimits, RelayLimits>();
        services.AddSingleton<IOwnRelays>(provider => provider.GetRequiredService<RelayDirectory>());
        services.AddSafeFetch();
        services.AddSingleton(Pool);
        services.AddSingleton<IEventFinder, EventFinder>();
        AddInbox(services);
        AddOutbox(services);
        services.AddHostedService<ForgetOldRows>();
        return builder;
    }

    /// <summary>Registered so that writers stop after those who hand work to them.</summary>
    static void AddInbox(IServiceCollection services)
    {
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<InboxWriter>();
        services.AddSingleton<Cursors>();
        services.AddSingleton<ListeningRecord>();
        services.AddSingleton<IListeningRecord>(provider => provider.GetRequiredService<ListeningRecord>());
        services.AddSingleton(provider => new ListenerParts(
            provider.GetRequiredService<InboxWriter>(), provider.GetRequiredService<Cursors>(),
            provider.GetRequiredService<IOptions<RelayWorkersOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RelayWatch>>()));
        services.AddHostedService<EventDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<InboxWriter>());
        services.AddHostedService<RelayListener>();
    }

    static void AddOutbox(IServiceCollection services)
    {
        services.AddSingleton<SendingQueue>();
        services.AddSingleton<IOutbox, Outbox>();
        services.AddSingleton<RelayPublisher>();
        services.AddSingleton<AnnouncerParts>();
        services.AddHostedService<OutboxSender>();
        services.AddHostedService<Announcer>();
    }

    /// <summary>Relays of ours are dialled wherever they are; a stranger's only where anybody may be sent.</summary>
    static RelayPool Pool(IServiceProvider provider) => new(
        new() { RetryMax = provider.GetRequiredService<IOptions<RelayWorkersOptions>>().Value.RedialMax },
        provider.GetKeyedService<ISigner>("platform"),
        new HttpMessageInvoker(provider.GetRequiredService<SafeAddress>().CreateHandler()),
        provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RelayPool>>());
}
