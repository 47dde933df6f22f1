using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Blossom;
using PoA.Nostr.Dvm.Kinds;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>The front door of the NIP-90 edge: what it adds to the host, and the kinds of job sold here.</summary>
public static class DvmModule
{
    public static IHostApplicationBuilder AddDvm(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DvmOptions>().BindConfiguration("Dvm").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<DvmOptions>, DvmOptionsValidator>();
        builder.Services.AddSingleton<ChooseAgent>();
        builder.Services.AddSingleton<AdmissionLanes>();
        builder.Services.AddSingleton<OpenRequest>();
        builder.Services.AddSingleton<AdmitRequest>();
        builder.Services.AddSingleton<AnswerRelays>();
        builder.Services.AddSingleton<BlobResults>();
        builder.Services.AddSingleton<BlobInputs>();
        builder.Services.AddSingleton<IJobEdge, NostrEdge>();
        builder.Services.AddSingleton<IEventReceiver, AcceptJobRequest>();
        builder.Services.AddSingleton<IEventReceiver, HearReaction>();
        builder.Services.AddSingleton<IEventReceiver, HearPayment>();
        builder.Services.AddSingleton<IEventReceiver, HearNutzap>();
        builder.Services.AddSingleton<IHireByZap, HireByZap>();
        builder.Services.AddSingleton<CancelJobRequest>();
        builder.Services.AddSingleton<IEventReceiver>(services => services.GetRequiredService<CancelJobRequest>());
        builder.Services.AddSingleton<IAnnouncementSource, AnnounceAgents>();
        AddKinds(builder.Services);
        return builder;
    }

    /// <summary>Everything sold here, one line each.</summary>
    static void AddKinds(IServiceCollection services)
    {
        services.AddBlossomClient();
        services.AddSingleton<Newcomers>().AddSingleton<CountOverRelays>().AddSingleton<SourceTexts>();
        services.AddJobKind<TextExtraction>();
        services.AddJobKind<Summarization>();
        services.AddJobKind<ContentDiscovery>();
        services.AddJobKind<PeopleDiscovery>();
        services.AddJobKind<ContentSearch>();
        services.AddJobKind<PeopleSearch>();
        services.AddJobKind<EventCounting>();
        services.AddJobKind<MalwareScan>();
    }

    /// <summary>Sells one more kind: it is announced, listened for, and given to its template agent.</summary>
    public static IServiceCollection AddJobKind<T>(this IServiceCollection services)
        where T : JobKind
    {
        services.AddSingleton<T>();
        services.AddSingleton<JobKind>(provider => provider.GetRequiredService<T>());
        return services.AddSingleton(provider => provider.GetRequiredService<T>().Offer);
    }
}
