using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Accounts;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Index;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market;

/// <summary>The front door of the marketplace's rules: what they add to the host.</summary>
public static class MarketModule
{
    public static IHostApplicationBuilder AddMarket(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MarketOptions>().BindConfiguration("Market").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<MarketOptions>, MarketOptionsValidator>();
        builder.AddIndex();
        AddAgents(builder.Services);
        AddJobs(builder.Services);
        builder.AddEscrow();
        return builder;
    }

    /// <summary>The routes of the features here.</summary>
    public static void MapMarket(this IEndpointRouteBuilder routes) => routes.MapEscrow();

    static void AddAgents(IServiceCollection services)
    {
        services.AddSingleton<KindMapper>();
        services.AddSingleton<Vault>();
        services.AddSingleton<KnownAccounts>();
        services.AddSingleton<AgentDirectory>();
        services.AddHostedService<SeedAgents>();
    }

    static void AddJobs(IServiceCollection services)
    {
        services.AddSingleton<JobEdges>();
        services.AddSingleton<JobsInHand>();
        services.AddSingleton<MoveJobs>();
        services.AddSingleton<AcceptJob>();
        services.AddSingleton<ReadJob>();
        services.AddSingleton<DeliverJob>();
        services.AddSingleton<FailJob>();
        services.AddSingleton<RetryJob>();
        services.AddSingleton<CancelJob>();
        services.AddSingleton<RunJob>();
        services.AddSingleton<CountOutcomes>();
        services.AddSingleton<ClaimJobs>();
        services.AddHostedService<RunJobs>();
        services.AddHostedService<ExpireJobs>();
    }
}
