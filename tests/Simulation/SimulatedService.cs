using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// The service, from one start to the next crash: it receives tokens, works, looks at deadlines, brings refunds to
/// their payers and finds out what became of what a dead process had begun. Between any two transactions it may die.
/// </summary>
sealed class SimulatedService(Scheduler scheduler, SimulatedNetwork network, SimulatedStore store, Life life)
{
    static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    public void Start()
    {
        scheduler.Start(() => RepeatAsync(WorkAsync));
        scheduler.Start(() => RepeatAsync(SweepAsync));
        scheduler.Start(() => RepeatAsync(RecoverAsync));
        scheduler.Start(() => RepeatAsync(RefundAsync));
    }

    /// <summary>A customer sent a token for a job. The same proofs again are the same operation.</summary>
    public async Task ReceiveAsync(string job, IReadOnlyList<SimulatedProof> token)
    {
        await Pause();
        var amount = token.Sum(proof => proof.Amount) - SimulatedMint.SwapFee;
        if (amount <= 0) return;

        var id = Uuid5.Of("receive", string.Join(',', token.Select(proof => proof.Id)));
        store.Begin(new(id, "receive", job, token, [new(Uuid5.Of("output", $"{id}"), amount)], 0));
        await Pause();
        await FinishAsync(store.Operations.GetValueOrDefault(id));
    }

    public async Task PayFromBalanceAsync(string jobId)
    {
        await Pause();
        var job = store.Jobs[jobId];
        if (job.Status == JobStatus.Quoted) Lock(job, AccountCode.Balance(job.Customer), Msat.Zero);
    }

    public async Task AcceptAsync(string jobId, string customer)
    {
        await Pause();
        var job = store.Jobs.GetValueOrDefault(jobId);
        await Pause();
        if (AcceptDelivery.Refuse(job, customer) is null && job!.Status == JobStatus.Delivered)
        {
            store.Move(SettleJob.Settle(job, "reaction"));
        }
    }

    public async Task DisputeAsync(string jobId)
    {
        await Pause();
        var job = store.Jobs[jobId];
        await Pause();
        if (job.Status != JobStatus.Delivered) return;

        store.Move(new(job, "disputed", [JobStatus.Disputed])
        {
            ArbitrateBy = scheduler.Now + job.Terms!.ArbitrateWithin,
        });
        await Pause();
        job = store.Jobs[jobId];
        if (job.Status != JobStatus.Disputed || scheduler.Dice.Chance(0.4)) return;

        store.Move(scheduler.Dice.Chance(0.5)
            ? SettleJob.Settle(job, "verdict")
            : SettleJob.Refund(job, EscrowProblems.OutputWrong));
    }

    async Task WorkAsync()
    {
        foreach (var job in store.Jobs.Values.Where(job => job.Status == JobStatus.Running).ToList())
        {
            await Pause();
            if (store.Hanging.Contains(job.Id) || scheduler.Dice.Chance(0.2)) continue;
            store.Move(scheduler.Dice.Chance(0.25)
                ? SettleJob.Refund(job, JobProblems.DeadlinePassed)
                : new(job, "delivered", SettleJob.PathOfDelivery(job))
                {
                    AcceptBy = scheduler.Now + job.Terms!.AcceptWithin,
                });
        }
    }

    async Task SweepAsync()
    {
        foreach (var job in store.Jobs.Values.Where(job => job.Deadline < scheduler.Now).ToList())
        {
            await Pause();
            if (store.Fault == PlantedFault.DeadlineIsForgotten && job.Status == JobStatus.Running) continue;
            var why = EscrowProblems.DisputeTimedOut;
            store.Move(job switch
            {
                { Status: JobStatus.Quoted } => new(job, "unpaid", [JobStatus.Expired]),
                { Status: JobStatus.Delivered } => SettleJob.Settle(job, "silence"),
                { Status: JobStatus.Disputed, Terms.AtTimeout: DisputeOutcome.Settle } => SettleJob.Settle(job, "time"),
                { Status: JobStatus.Disputed, Terms.AtTimeout: DisputeOutcome.Split } => SettleJob.Split(job, why),
                { Status: JobStatus.Disputed } => SettleJob.Refund(job, why),
                _ => SettleJob.Refund(job, JobProblems.DeadlinePassed),
            });
        }
    }

    async Task RecoverAsync()
    {
        foreach (var operation in store.Operations.Values.Where(operation => operation.State == "open").ToList())
        {
            await Pause();
            if (store.Fault == PlantedFault.CrashIsForgotten) continue;
            await FinishAsync(operation);
        }
    }

    async Task RefundAsync()
    {
        foreach (var refund in store.Refunds.Values.Where(refund => refund.State == "pending").ToList())
        {
            await Pause();
            if (store.Refunds[refund.Id].State == "pending") await PayAsync(store.Refunds[refund.Id]);
        }
    }

    /// <summary>By token or by Lightning where it is whole sats and we have the ecash; last to the balance.</summary>
    async Task PayAsync(Refund refund)
    {
        var open = store.Operations.Values.FirstOrDefault(
            operation => operation.Subject == $"{refund.Id}" && operation.State == "open");
        if (open is not null) return;

        var way = scheduler.Dice.Pick(["token", "lightning", "balance"]);
        if (way == "balance" || refund.FailedWays.Contains(way) || refund.Amount.Value % 1_000 != 0)
        {
            store.Post(new Transfer(
                Uuid5.Of("refund-balance", $"{refund.Id}"), AccountCode.Refund(refund.Id),
                AccountCode.Balance(refund.Payer!), refund.Amount, "refund-balance", $"{refund.Id}"));
            store.Refunds[refund.Id] = refund with { State = "collected", Way = "balance" };
            return;
        }

        var amount = refund.Amount.Sat;
        var reserve = way == "token" ? SimulatedMint.SwapFee : 2 + (amount / 50);
        var inputs = Select(amount + reserve);
        if (inputs.Count == 0) return;

        var id = Uuid5.Of(way, $"{refund.Id}");
        var change = inputs.Sum(proof => proof.Amount) - amount - (way == "token" ? reserve : 0);
        List<SimulatedProof> outputs = way == "token" ? [new(Uuid5.Of("give", $"{id}"), amount)] : [];
        if (change > 0) outputs.Add(new(Uuid5.Of("change", $"{id}"), change));
        var operation = new RailOperation(
            id, way == "token" ? "send" : "melt", $"{refund.Id}", inputs, outputs, amount);
        if (!store.Begin(operation, Out(refund, id))) return;

        await Pause();
        await FinishAsync(operation);
    }

    /// <summary>Asks until it is known what became of it. An outcome that is not known changes nothing.</summary>
    async Task FinishAsync(RailOperation? operation)
    {
        if (operation is not { State: "open" }) return;

        if (operation.Kind == "melt") await FinishMeltAsync(operation);
        else await FinishSwapAsync(operation);
    }

    async Task FinishSwapAsync(RailOperation operation)
    {
        var swapped = await network.AskAsync(life, mint => mint.Swap(operation.Inputs, operation.Outputs));
        await Pause();
        if (swapped != true)
        {
            // What was spent before we look for our signatures, was spent by us if they are there.
            var unspent = await network.AskAsync(life, mint => mint.AllUnspent(operation.Inputs));
            var restored = await network.AskAsync(life, mint => mint.Restores(operation.Outputs));
            if (store.Fault == PlantedFault.UnknownIsFailure && operation.IsOurs)
            {
                store.Fail(operation, Back(operation));
            }

            if (unspent is null || restored is null) return;

            if (restored == false)
            {
                if (unspent == false && !operation.IsOurs) store.Fail(operation, back: null);
                return;
            }
        }

        await Pause();
        if (operation.Kind == "receive")
        {
            store.FinishReceive(operation, (amount, paid) => Credit(operation, amount, paid));
            return;
        }

        if (operation.State != "open") return;
        var refund = store.Refunds[Guid.Parse(operation.Subject)];
        store.FinishSpend(operation, [.. operation.Outputs.Skip(1)], SimulatedMint.SwapFee, "send");
        network.Give(refund.Payer!, operation.Outputs[0]);
        store.Refunds[refund.Id] = refund with { State = "ready", Way = "token" };
    }

    async Task FinishMeltAsync(RailOperation operation)
    {
        var amount = operation.Booked;
        var change = operation.Outputs.FirstOrDefault() ?? new(Uuid5.Of("change", $"{operation.Id}"), 0);
        await network.AskAsync(
            life, mint => mint.BeginMelt(operation.Id, operation.Inputs, amount, change, network.Height));
        await Pause();
        var melt = await network.AskAsync(life, mint => mint.MeltOf(operation.Id));
        await Pause();
        if (store.Fault == PlantedFault.UnknownPaymentFailed && melt is null) melt = (MeltState.Failed, 0);
        if (operation.State != "open" || melt is not { } known) return;

        var refund = store.Refunds[Guid.Parse(operation.Subject)];
        if (known.State == MeltState.Paid)
        {
            var cost = operation.Inputs.Sum(input => input.Amount) - amount - known.Change;
            store.FinishSpend(
                operation, known.Change > 0 ? [change with { Amount = known.Change }] : [], cost, "melt");
            store.Refunds[refund.Id] = refund with { State = "collected", Way = "lightning" };
        }
        else if (known.State == MeltState.Failed)
        {
            store.Fail(operation, Back(operation));
            store.Refunds[refund.Id] = refund with { FailedWays = [.. refund.FailedWays, "lightning"] };
        }
    }

    /// <summary>As ReceiveJobPayment: the price is locked; too late, too little or too much goes back.</summary>
    void Credit(RailOperation operation, long amount, long paid)
    {
        var job = store.Jobs.GetValueOrDefault(operation.Subject);
        var (net, gross) = (Msat.FromSat(amount), Msat.FromSat(paid));
        var verdict = ReceiveJobPayment.Judge(job, net, gross, job?.PayBy < scheduler.Now);
        var cover = verdict.Locked && net < job!.Price ? job.Price - net : Msat.Zero;
        if (verdict.Locked) Lock(job!, SimulatedStore.Rail, gross - net - cover, cover);
        if (verdict.Why is not { } why) return;

        var id = Uuid5.Of("refund-of-payment", $"{operation.Id}");
        var (back, cost) = verdict.Locked ? (net - job!.Price, Msat.Zero) : (net, gross - net);
        store.Post(RefundOrder.Transfers(id, SimulatedStore.Rail, back, cost));
        store.Add(new(id, job?.Id, job?.Customer, job?.Agent, back + cost, why.Code));
    }

    void Lock(Job job, string source, Msat railCost, Msat cover = default) => store.Move(
        new(job, "paid", [JobStatus.Locked, JobStatus.Running])
        {
            Money = new EscrowMove.Lock(job.Id, source, job.Price) { Cover = cover },
            RailCost = railCost,
            SubmitBy = scheduler.Now + job.Terms!.SubmitWithin,
        });

    List<SimulatedProof> Select(long amount)
    {
        List<SimulatedProof> chosen = [];
        foreach (var (proof, operation) in store.Proofs.Values.Where(known => known.Operation is null))
        {
            chosen.Add(proof);
            if (chosen.Sum(one => one.Amount) >= amount) return chosen;
        }

        return [];
    }

    Transfer Back(RailOperation operation)
    {
        var refund = store.Refunds[Guid.Parse(operation.Subject)];
        return new(
            Uuid5.Of("back", $"{operation.Id}"), SimulatedStore.Rail, AccountCode.Refund(refund.Id), refund.Amount,
            "back", $"{operation.Id}");
    }

    static Transfer Out(Refund refund, Guid id) => new(
        Uuid5.Of("out", $"{id}"), AccountCode.Refund(refund.Id), SimulatedStore.Rail, refund.Amount, "refund-out",
        $"{refund.Id}");

    async Task RepeatAsync(Func<Task> work)
    {
        while (!life.IsOver)
        {
            await scheduler.Upto(TimeSpan.FromMinutes(2), life);
            await work();
        }
    }

    /// <summary>Every await is a place to die at.</summary>
    async Task Pause() => await scheduler.Upto(Short, life);
}
