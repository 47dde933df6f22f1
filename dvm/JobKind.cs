using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Dvm;

/// <summary>
/// One kind of job that is sold here. The relay filter, the announcement, the price list, the catalogue and the
/// conformance test over all kinds are read from it: a new kind is one file in Kinds/ and one line in DvmModule.
/// </summary>
public abstract class JobKind : IJobExecutor
{
    /// <summary>The request kind, 5000 to 5999; the result is 1000 more.</summary>
    public abstract int Kind { get; }

    /// <summary>The capability's word in KindMapper: "event-count".</summary>
    public abstract string Capability { get; }

    /// <summary>What a person reads in a client: "Event count".</summary>
    public abstract string Name { get; }

    /// <summary>One or two sentences: what goes in, what comes out.</summary>
    public abstract string About { get; }

    /// <summary>Zero is free.</summary>
    public virtual Msat Price => Msat.Zero;

    /// <summary>The result depends on who asks (NIP-89 content "personalized").</summary>
    public virtual bool Personalized => false;

    /// <summary>How long a job of this kind may take once it runs.</summary>
    public virtual TimeSpan Deadline => TimeSpan.FromSeconds(30);

    /// <summary>What the customer may set, for nip90Params and the JSON schema.</summary>
    public virtual IReadOnlyList<JobKindParam> Params => [];

    /// <summary>
    /// A request that this kind answers well: shown in the catalogue, and sent by the conformance test.
    /// </summary>
    public abstract JobExample Example { get; }

    public virtual bool HasVerifier => true;

    /// <summary>The same as the market sees it.</summary>
    public JobOffer Offer => new(Kind, Capability, Price, Deadline, this);

    public abstract Problem? Refuse(JobWork work);

    public abstract Task<JobOutput> RunAsync(JobWork work, Func<string, Task> partial, CancellationToken ct);

    public abstract Task<Problem?> VerifyAsync(JobWork work, JobOutput output, CancellationToken ct);
}

/// <param name="Name">As it stands in the param tag.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Required">Whether a request without it is refused.</param>
/// <param name="Values">Allowed values; empty where any text goes.</param>
public sealed record JobKindParam(string Name, string Description, bool Required, IReadOnlyList<string> Values);

public sealed record JobExample(IReadOnlyList<JobInput> Inputs, IReadOnlyList<JobParam> Params);
