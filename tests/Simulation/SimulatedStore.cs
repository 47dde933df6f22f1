using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Ledger;

namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// What survives a crash. Each method is one transaction: it happens whole or not at all. The rules are the market's
/// own (which arrow, which money, which refund); only the rows are kept here, and the books are the model that the
/// real ones are compared with.
/// </summary>
sealed class SimulatedStore(PlantedFault fault = PlantedFault.None)
{
    public const string Rail = "rail:cashu:simulated";

    /// <summary>What is wrong here on purpose.</summary>
    public PlantedFault Fault { get; } = fault;

    public Dictionary<string, Job> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Those whose work never ends.</summary>
    public HashSet<string> Hanging { get; } = new(StringComparer.Ordinal);

    public Dictionary<Guid, Refund> Refunds { get; } = [];

    public Dictionary<Guid, RailOperation> Operations { get; } = [];

    /// <summary>Our ecash: what we know, and whether an operation has it.</summary>
    public Dictionary<Guid, (SimulatedProof Proof, Guid? Operation)> Proofs { get; } = [];

    public ModelBooks Books { get; } = new();

    public long Transactions { get; private set; }

    /// <summary>The guard of MoveJobs: the status and version that were read, a legal arrow, and its money.</summary>
    public bool Move(JobChange change)
    {
        if (JobArrows.Refuse(change.Before, change.Path) is { } illegal) throw new ProblemException(illegal);

        var known = Jobs[change.Before.Id];
        if (Fault != PlantedFault.GuardIsMissing
            && (known.Status, known.Version) != (change.Before.Status, change.Before.Version))
        {
            return false;
        }

        if (Money(change) is { } money && PostAndAgain(LedgerEscrow.Transfers(money)) is { } refused)
        {
            return refused == LedgerProblems.Insufficient.Code && money is EscrowMove.Lock
                ? false
                : throw new InvalidOperationException($"{change.Cause} of {known.Id}: {refused}");
        }

        Jobs[known.Id] = change.After;
        if (change.Refund is { } order && Fault != PlantedFault.RefundIsLost) Add(order);
        Transactions++;
        return true;
    }

    EscrowMove? Money(JobChange change) => (Fault, change.Money) switch
    {
        (PlantedFault.FeeIsOffByOne, EscrowMove.Release { Fee.Value: > 0 } move) =>
            move with { Fee = move.Fee + Msat.FromSat(1) },
        (PlantedFault.LockMovesNothing, EscrowMove.Lock) => null,
        (_, var move) => move,
    };

    public void Add(RefundOrder order) => Refunds.TryAdd(
        order.Id, new(order.Id, order.Job, order.Payer, order.Agent, order.Amount, order.Reason, "pending"));

    /// <summary>An intent, with the proofs of ours that it spends and what the books let go with it.</summary>
    public bool Begin(RailOperation operation, Transfer? booked = null)
    {
        if (Operations.ContainsKey(operation.Id)) return false;
        if (Operations.Values.Any(other => other.State != "failed"
            && other.Inputs.Any(input => operation.Inputs.Contains(input))))
        {
            return false;
        }

        if (operation.IsOurs && operation.Inputs.Any(input => Proofs[input.Id].Operation is not null)) return false;
        if (booked is not null) Post(booked);
        if (operation.IsOurs)
        {
            foreach (var input in operation.Inputs) Proofs[input.Id] = (input, operation.Id);
        }

        Operations.Add(operation.Id, operation);
        Transactions++;
        return true;
    }

    /// <summary>A token came in: its proofs are ours, and whoever it is for has the money.</summary>
    public void FinishReceive(RailOperation operation, Action<long, long> credit)
    {
        if (operation.State != "open" && Fault != PlantedFault.AnswerCreditsTwice) return;

        Keep(operation.Outputs);
        credit(operation.Outputs.Sum(proof => proof.Amount), operation.Inputs.Sum(proof => proof.Amount));
        End(operation, "done");
    }

    /// <summary>Proofs of ours are spent: the change is ours, what it cost is the platform's.</summary>
    public void FinishSpend(RailOperation operation, IReadOnlyList<SimulatedProof> change, long cost, string word)
    {
        if (operation.State != "open") return;

        foreach (var input in operation.Inputs) Proofs.Remove(input.Id);
        Keep(change);
        if (cost > 0)
        {
            Post(new Transfer(
                Uuid5.Of($"{word}-cost", $"{operation.Id}"), AccountCode.RailCost, Rail, Msat.FromSat(cost),
                "rail-cost", $"{operation.Id}"));
        }

        End(operation, "done");
    }

    /// <summary>It failed for good: the proofs are free, and the books take back what they let go.</summary>
    public void Fail(RailOperation operation, Transfer? back)
    {
        if (operation.State != "open") return;

        if (operation.IsOurs)
        {
            foreach (var input in operation.Inputs) Proofs[input.Id] = (input, null);
        }

        if (back is not null) Post(back);
        End(operation, "failed");
    }

    public void Post(params IReadOnlyList<Transfer> set)
    {
        if (PostAndAgain(set) is { } refused) throw new InvalidOperationException($"{set[0].Kind}: {refused}");
        Transactions++;
    }

    /// <summary>As whoever did not hear of his commit does: under the same ids nothing more happens.</summary>
    string? PostAndAgain(IReadOnlyList<Transfer> set) => Books.Post(Named(set)) ?? Books.Post(Named(set));

    IReadOnlyList<Transfer> Named(IReadOnlyList<Transfer> set) => Fault == PlantedFault.ReplayPostsAgain
        ? [.. set.Select(one => one with { Id = Guid.NewGuid() })]
        : set;

    /// <summary>Live proofs and what is in flight are what the books say; null when they are.</summary>
    public string? Broken()
    {
        var live = Proofs.Values.Sum(known => known.Proof.Amount);
        var booked = Operations.Values.Where(one => one.State == "open").Sum(one => one.Booked);
        var books = -Books.Balance(Rail);
        return Books.Broken()
            ?? ((live - booked) * 1_000 != books ? $"proofs {live}, in flight {-booked}, books {books}" : null);
    }

    void Keep(IEnumerable<SimulatedProof> proofs)
    {
        foreach (var proof in proofs) Proofs[proof.Id] = (proof, null);
    }

    void End(RailOperation operation, string state)
    {
        operation.State = state;
        Transactions++;
    }
}

/// <summary>An intent that is written before anything is asked of the mint.</summary>
/// <param name="Id">Derived from its cause.</param>
/// <param name="Kind">receive, send, melt.</param>
/// <param name="Subject">The job that is paid, or the refund that goes out.</param>
/// <param name="Inputs">What it spends.</param>
/// <param name="Outputs">What it asks the mint to sign, known before it asks.</param>
/// <param name="Booked">Sats that the books have let go, while the proofs are still ours.</param>
sealed record RailOperation(
    Guid Id, string Kind, string Subject, IReadOnlyList<SimulatedProof> Inputs, IReadOnlyList<SimulatedProof> Outputs,
    long Booked)
{
    public string State { get; set; } = "open";

    /// <summary>Whether it spends our own ecash.</summary>
    public bool IsOurs => Kind != "receive";
}
