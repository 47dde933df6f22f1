using Microsoft.Extensions.Options;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Nsite;
using PoA.Nostr.Nsite.Storefront;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.RelayWorkers;

namespace PoA.Nostr.Server;

/// <summary>
/// Puts together what storefronts show: agents and their records from the market, kinds from the NIP-90 edge, relays
/// from the workers. Only the program sees them all.
/// </summary>
sealed class Storefronts(
    AgentDirectory agents, IEnumerable<JobKind> kinds, RelayDirectory relays, CountOutcomes outcomes,
    IOptions<NsiteOptions> options, IOptions<LnurlOptions> lnurl, IOptions<EscrowOptions> escrow, TimeProvider clock)
{
    const string JobsRole = "jobs";

    static readonly string Version = typeof(Storefronts).Assembly.GetName().Version!.ToString(3);

    readonly Dictionary<int, JobKind> _kinds = kinds.ToDictionary(kind => kind.Kind);
    Counted? _counted;

    public async Task<IReadOnlyList<AgentStorefrontData>> AllAsync(CancellationToken ct)
    {
        var records = await RecordsAsync(ct);
        var listening = relays.For(JobsRole);
        return [.. agents.All.Select(agent => Of(agent, records.GetValueOrDefault(agent.Pubkey), listening))];
    }

    AgentStorefrontData Of(Agent agent, JobOutcomes? ended, IReadOnlyList<string> listening) => new(
        agent.Slug, agent.Name, agent.About, agent.Pubkey,
        [
            .. from sold in agent.Prices
               orderby sold.Key
               let kind = _kinds.GetValueOrDefault(sold.Key)
               where kind is not null
               select OfferOf(kind, sold.Value),
        ],
        ended is null ? StorefrontRecord.None : new(ended.Ended, ended.Settled, ended.Failed, ended.Disputed),
        listening, Version)
    {
        SourceUrl = options.Value.SourceUrl,
        License = options.Value.License,
        LightningAddress = Payable(agent),
        AcceptWithin = escrow.Value.AcceptWithin,
    };

    /// <summary>As its profile says it: a wallet takes the address and the LNURL alike.</summary>
    string? Payable(Agent agent)
    {
        var (lud16, lud06) = LnurlText.AddressOf(lnurl.Value.PublicUrl, agent.Slug);
        return lud16 ?? lud06;
    }

    static StorefrontOffer OfferOf(JobKind kind, Msat price) => new(
        kind.Kind, kind.Name, kind.About, price, kind.Deadline, kind.HasVerifier,
        [.. kind.Params.Select(one => new StorefrontParam(one.Name, one.Description, one.Required, one.Values))],
        new(kind.Example.Inputs, kind.Example.Params, null, [], null));

    /// <summary>Counted now and then: every change of a record is a new version of a page.</summary>
    async Task<IReadOnlyDictionary<string, JobOutcomes>> RecordsAsync(CancellationToken ct)
    {
        var known = Volatile.Read(ref _counted);
        if (known is not null && clock.GetElapsedTime(known.At) < options.Value.RecordEvery) return known.ByAgent;

        var counted = new Counted(await outcomes.HandleAsync(ct), clock.GetTimestamp());
        Volatile.Write(ref _counted, counted);
        return counted.ByAgent;
    }

    sealed record Counted(IReadOnlyDictionary<string, JobOutcomes> ByAgent, long At);
}

static class StorefrontsModule
{
    public static void AddStorefronts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<Storefronts>();
        services.AddSingleton<StorefrontSource>(given => given.GetRequiredService<Storefronts>().AllAsync);
    }
}
