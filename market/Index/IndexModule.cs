using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Index;

/// <summary>The front door of the index: what is heard, what can be asked, and the sweeper.</summary>
public static class IndexModule
{
    public static IHostApplicationBuilder AddIndex(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<IndexOptions>().BindConfiguration("Index").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<IndexOptions>, IndexOptionsValidator>();
        builder.Services.AddSingleton<IndexEvents>();
        builder.Services.AddSingleton<IEventReceiver>(services => services.GetRequiredService<IndexEvents>());
        builder.Services.AddSingleton<CountEvents>().AddSingleton<LookUpEvents>().AddSingleton<RankNotes>();
        builder.Services.AddSingleton<SearchNotes>().AddSingleton<SearchPeople>();
        builder.Services.AddHostedService<SweepIndex>();
        return builder;
    }
}
