namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// Somebody else's mint, at the size that matters here: proofs are numbers with an amount, whoever knows one may spend
/// it, once. A request that was executed is refused when it comes again, and the reason is not to be trusted: what is
/// so, is asked for (NUT-03, NUT-05, NUT-07, NUT-09).
/// </summary>
sealed class SimulatedMint
{
    public const long SwapFee = 1;

    readonly Dictionary<Guid, long> _unspent = [];
    readonly Dictionary<Guid, long> _signed = [];
    readonly HashSet<Guid> _pending = [];
    readonly Dictionary<Guid, Melt> _melts = [];

    public long Issued { get; private set; }

    public long FeesTaken { get; private set; }

    public long PaidOut { get; private set; }

    public long Unspent => _unspent.Values.Sum();

    public long UnspentOf(IEnumerable<Guid> proofs) => proofs.Sum(proof => _unspent.GetValueOrDefault(proof));

    /// <summary>Money from outside becomes a proof.</summary>
    public SimulatedProof Issue(Guid id, long amount)
    {
        _unspent.Add(id, amount);
        _signed.Add(id, amount);
        Issued += amount;
        return new(id, amount);
    }

    public bool Swap(IReadOnlyList<SimulatedProof> inputs, IReadOnlyList<SimulatedProof> outputs)
    {
        if (!MaySpend(inputs) || outputs.Any(output => _signed.ContainsKey(output.Id))) return false;
        if (inputs.Sum(proof => proof.Amount) != outputs.Sum(proof => proof.Amount) + SwapFee) return false;

        foreach (var input in inputs) _unspent.Remove(input.Id);
        Sign(outputs);
        FeesTaken += SwapFee;
        return true;
    }

    /// <summary>NUT-07: whether anybody spent, or is spending, any of them.</summary>
    public bool AllUnspent(IReadOnlyList<SimulatedProof> proofs) => MaySpend(proofs);

    /// <summary>NUT-09: whether these outputs were signed.</summary>
    public bool Restores(IReadOnlyList<SimulatedProof> outputs) =>
        outputs.All(output => _signed.GetValueOrDefault(output.Id) == output.Amount);

    /// <summary>A payment to the outside begins. Its end comes by <see cref="End"/>, or by the height.</summary>
    public bool BeginMelt(
        Guid id, IReadOnlyList<SimulatedProof> inputs, long amount, SimulatedProof change, long height)
    {
        if (_melts.ContainsKey(id) || !MaySpend(inputs)) return false;

        _melts[id] = new(inputs, amount, change, height + 40);
        foreach (var input in inputs) _pending.Add(input.Id);
        return true;
    }

    /// <summary>Null while it is under way; otherwise whether it was paid, and the change that came back.</summary>
    public (MeltState State, long Change) MeltOf(Guid id) =>
        _melts.TryGetValue(id, out var melt) ? (melt.State, melt.ChangePaid) : (MeltState.Unknown, 0);

    public IReadOnlyList<Guid> OpenMelts =>
        [.. _melts.Where(melt => melt.Value.State == MeltState.Pending).Select(melt => melt.Key)];

    /// <param name="id">Which.</param>
    /// <param name="fee">What the network took, or null when it failed for good.</param>
    public void End(Guid id, long? fee)
    {
        var melt = _melts[id];
        if (melt.State != MeltState.Pending) return;

        foreach (var input in melt.Inputs) _pending.Remove(input.Id);
        melt.State = fee is null ? MeltState.Failed : MeltState.Paid;
        if (fee is not { } taken) return;

        foreach (var input in melt.Inputs) _unspent.Remove(input.Id);
        melt.ChangePaid = melt.Inputs.Sum(input => input.Amount) - melt.Amount - taken;
        if (melt.ChangePaid > 0) Sign([melt.Change with { Amount = melt.ChangePaid }]);
        PaidOut += melt.Amount;
        FeesTaken += taken;
    }

    /// <summary>A payment whose time lock has passed fails, whatever else was on its way.</summary>
    public void Expire(long height)
    {
        foreach (var id in OpenMelts.Where(id => _melts[id].Expiry <= height)) End(id, fee: null);
    }

    bool MaySpend(IReadOnlyList<SimulatedProof> proofs) => proofs.All(proof =>
        _unspent.GetValueOrDefault(proof.Id) == proof.Amount && !_pending.Contains(proof.Id));

    void Sign(IEnumerable<SimulatedProof> outputs)
    {
        foreach (var output in outputs)
        {
            _signed.Add(output.Id, output.Amount);
            _unspent.Add(output.Id, output.Amount);
        }
    }

    sealed class Melt(IReadOnlyList<SimulatedProof> inputs, long amount, SimulatedProof change, long expiry)
    {
        public IReadOnlyList<SimulatedProof> Inputs { get; } = inputs;
        public long Amount { get; } = amount;
        public SimulatedProof Change { get; } = change;
        public long Expiry { get; } = expiry;
        public MeltState State { get; set; }
        public long ChangePaid { get; set; }
    }
}

enum MeltState
{
    Pending,
    Paid,
    Failed,
    Unknown,
}

/// <param name="Id">Whoever knows it may spend it.</param>
/// <param name="Amount">Sats.</param>
sealed record SimulatedProof(Guid Id, long Amount);
