using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Fetch;
using PoA.Nostr.Ledger;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>The front door of ecash: what it adds to the host.</summary>
public static class CashuModule
{
    public static IHostApplicationBuilder AddCashu(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CashuOptions>().BindConfiguration(CashuOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<CashuOptions>, CashuOptionsValidator>();
        builder.Services.AddSafeFetch();
        builder.Services.AddCashuWallet();
        builder.Services.AddSingleton<IRailAudit, CashuAudit>();
        builder.Services.AddHostedService<RunOperations>();
        return builder;
    }

    /// <summary>The wallet without its worker.</summary>
    internal static IServiceCollection AddCashuWallet(this IServiceCollection services)
    {
        services.AddSingleton(provider => WalletSeed.Parse(
            provider.GetRequiredService<IOptions<CashuOptions>>().Value.Seed
            ?? throw new ProblemException(CashuProblems.WrongSeed)));
        services.AddSingleton<PaymentReceivers>();
        services.AddSingleton<MintClient>().AddSingleton<MintKeysets>();
        services.AddSingleton<OperationLog>().AddSingleton<Exchange>();
        services.AddSingleton<UnusedCounters>().AddSingleton<Outgoing>();
        services.AddSingleton<ReceiveToken>().AddSingleton<ForeignToken>().AddSingleton<SendToken>();
        services.AddSingleton<MintInvoice>().AddSingleton<MeltInvoice>().AddSingleton<TidyEcash>();
        services.AddSingleton(provider => new CashuWallet(
            provider.GetRequiredService<ReceiveToken>(), provider.GetRequiredService<ForeignToken>(),
            provider.GetRequiredService<SendToken>(),
            provider.GetRequiredService<MintInvoice>(), provider.GetRequiredService<MeltInvoice>(),
            provider.GetRequiredService<TidyEcash>(), provider.GetRequiredService<MintClient>(),
            provider.GetRequiredService<MintKeysets>()));
        services.AddSingleton(provider => new RestoreWallet(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<MintClient>(),
            provider.GetRequiredService<MintKeysets>(), provider.GetRequiredService<Exchange>(),
            provider.GetRequiredService<WalletSeed>(), provider.GetRequiredService<ILogger<RestoreWallet>>()));
        services.AddSingleton<ILightningGateway>(provider => provider.GetRequiredService<CashuWallet>());
        return services;
    }
}
