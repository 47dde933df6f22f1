namespace PoA.Nostr.Devnet.Mint;

/// <summary>What goes wrong with one request, on demand.</summary>
public enum MintFaultKind
{
    /// <summary>The connection ends before the mint has done anything.</summary>
    DropRequest,
    /// <summary>The mint has done it, and the connection ends without an answer.</summary>
    DropReply,
    /// <summary>The answer comes late.</summary>
    Delay,
    /// <summary>The keyset rotates just before the request is served: outputs of the old one get 12002.</summary>
    Rotate,
}

/// <summary>A fault for the next request of a path, <c>/v1/swap</c> for instance.</summary>
public sealed record MintFault(string Path, MintFaultKind Kind)
{
    /// <summary>Of a delay.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>The faults that tests have ordered and that have not happened yet; each happens once, in order.</summary>
public sealed class MintFaults
{
    readonly Lock _gate = new();
    readonly List<MintFault> _ordered = [];

    public void Order(MintFault fault)
    {
        lock (_gate) _ordered.Add(fault);
    }

    internal MintFault? Take(string path)
    {
        lock (_gate)
        {
            var at = _ordered.FindIndex(fault => fault.Path == path);
            if (at < 0) return null;
            var fault = _ordered[at];
            _ordered.RemoveAt(at);
            return fault;
        }
    }
}
