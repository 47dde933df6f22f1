namespace PoA.Nostr.Market.Jobs;

/// <summary>The edges that jobs come in by, by name.</summary>
public sealed class JobEdges(IEnumerable<IJobEdge> edges)
{
    readonly Dictionary<string, IJobEdge> _edges = edges.ToDictionary(edge => edge.Name);

    /// <summary>The edge that the job came in by.</summary>
    public IJobEdge Of(Job job) => _edges[job.Edge];
}
