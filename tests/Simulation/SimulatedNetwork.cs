namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// Between the service and the mint: a request may never arrive, arrive twice, or arrive after the service has stopped
/// waiting; an answer may be lost. The chain has a height, which may jump.
/// </summary>
sealed class SimulatedNetwork(Scheduler scheduler, SimulatedMint mint)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly Dictionary<string, List<SimulatedProof>> _given = new(StringComparer.Ordinal);

    /// <summary>How much goes wrong: from 0 to 1.</summary>
    public double Trouble { get; set; }

    public long Height { get; private set; } = 800_000;

    public int Faults { get; private set; }

    public IEnumerable<SimulatedProof> Given => _given.Values.SelectMany(proofs => proofs);

    /// <summary>The answer, or null when none came: then nobody knows whether it was done.</summary>
    public async Task<T?> AskAsync<T>(Life life, Func<SimulatedMint, T> request) where T : struct
    {
        T? answer = null;
        if (!Goes(0.3)) scheduler.Later(Delay(), scheduler.World, () => answer ??= request(mint));
        if (Goes(0.2)) scheduler.Later(Delay(), scheduler.World, () => request(mint));
        await scheduler.Upto(Patience, life);
        return Goes(0.3) ? null : answer;
    }

    /// <summary>A token that the payer may take: written down before it is shown, so it may be shown again.</summary>
    public void Give(string payer, SimulatedProof proof)
    {
        if (!_given.TryGetValue(payer, out var proofs)) _given[payer] = proofs = [];
        if (!proofs.Contains(proof)) proofs.Add(proof);
    }

    /// <summary>Blocks come, sometimes thirty at once; payments end, sometimes badly.</summary>
    public void Advance()
    {
        Height += scheduler.Dice.Chance(0.1) ? 30 : 1;
        foreach (var id in mint.OpenMelts)
        {
            if (!scheduler.Dice.Chance(0.4)) continue;
            mint.End(id, scheduler.Dice.Chance(0.4) ? null : scheduler.Dice.Below(3));
        }

        mint.Expire(Height);
    }

    TimeSpan Delay() => (Goes(0.3) ? 10 * Patience : Patience / 10) * scheduler.Dice.Unit();

    bool Goes(double share)
    {
        var wrong = scheduler.Dice.Chance(share * Trouble);
        if (wrong) Faults++;
        return wrong;
    }
}
