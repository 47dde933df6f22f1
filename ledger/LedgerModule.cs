using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Ledger;

/// <summary>The front door of the books: what they add to the host.</summary>
public static class LedgerModule
{
    public static IHostApplicationBuilder AddLedger(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerOptions>().BindConfiguration("Ledger").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>();
        builder.Services.AddSingleton<AuditBooks>();
        builder.Services.AddHostedService<KeepBooks>();
        return builder;
    }
}
