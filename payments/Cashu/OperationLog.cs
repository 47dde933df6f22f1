using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// The operation log: intent before effect. Whoever works on an operation holds its lease and its version; a change by
/// anybody else makes his own impossible.
/// </summary>
sealed class OperationLog(NpgsqlDataSource db, IOptions<CashuOptions> options, TimeProvider clock)
{
    /// <summary>Longer than the longest request, so that no lease ends while its holder still waits.</summary>
    TimeSpan Lease => options.Value.AnswerTimeMax * 8;

    public Task<Operation?> ReadAsync(Guid id, CancellationToken ct) =>
        db.OneAsync<Operation>(Select, new { id }, ct);

    /// <summary>False when there is one of this id already.</summary>
    public async Task<bool> AddAsync(NpgsqlTransaction tx, Operation op, OperationDetails details, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await tx.RunAsync(Insert, new
        {
            op.Id,
            op.Kind,
            op.State,
            op.Stage,
            op.Mint,
            op.AmountSat,
            op.BookedSat,
            details = details.Write(),
            op.Path,
            op.Request,
            now,
            leased = op.State == "open" ? now + Lease : (DateTimeOffset?)null,
            next = now + options.Value.PollInterval,
        }, ct) == 1;
    }

    /// <summary>
    /// Ends an operation that never began, so that nobody begins it any more: whoever was about to finds it ended.
    /// True when it has failed, now or before; false when somebody was quicker to begin it.
    /// </summary>
    public async Task<bool> GiveUpAsync(Guid id, string kind, Problem problem, CancellationToken ct)
    {
        var kept = KnownProblems.Kept(problem);
        await db.RunAsync(InsertGivenUp, new { id, kind, kept.Code, kept.Detail, now = clock.GetUtcNow() }, ct);
        return await ReadAsync(id, ct) is { State: "failed" };
    }

    /// <summary>
    /// Takes the lease of one operation, or null when it has ended, is not due, or is somebody else's. A lease that ran
    /// out was a crash: whatever was sent then may still arrive.
    /// </summary>
    public Task<Operation?> ClaimAsync(Guid id, CancellationToken ct) => db.OneAsync<Operation>(Claim, Times(id), ct);

    /// <summary>Takes up to so many that are due and that nobody holds.</summary>
    public async Task<IReadOnlyList<Operation>> ClaimDueAsync(int max, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var args = new { max, now, until = now + Lease, options.Value.DoubtTime };
        return await db.ManyAsync<Operation>(ClaimDue, args, ct);
    }

    /// <summary>Lets go of it until later. Throws when it is ours no more.</summary>
    public Task PostponeAsync(Operation op, OperationDetails? details, bool inDoubt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return GuardAsync(db.RunAsync(Postpone, new
        {
            op.Id,
            op.Version,
            op.State,
            details = details?.Write(),
            next = now + Delay(op, now),
            doubt = inDoubt ? now + options.Value.DoubtTime : (DateTimeOffset?)null,
        }, ct));
    }

    /// <summary>The next request of this operation, which its holder sends at once.</summary>
    public Task ContinueAsync(
        NpgsqlTransaction tx, Operation op, OperationDetails details, string path, byte[] request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return GuardAsync(tx.RunAsync(Continue, new
        {
            op.Id,
            op.Version,
            op.Stage,
            details = details.Write(),
            path,
            request,
            until = now + Lease,
        }, ct));
    }

    /// <summary>The end. The request goes, since it holds secrets and is of no more use.</summary>
    public Task EndAsync(
        NpgsqlTransaction tx, Operation op, string state, OperationDetails details, Problem? problem,
        CancellationToken ct) =>
        GuardAsync(tx.RunAsync(End, new
        {
            op.Id,
            op.Version,
            state,
            op.AmountSat,
            details = details.Write(),
            problem?.Code,
            problem?.Detail,
            now = clock.GetUtcNow(),
        }, ct));

    public bool IsInDoubt(Operation op) => op.InDoubtUntil is { } until && until > clock.GetUtcNow().UtcDateTime;

    /// <summary>Ever more seldom, to once a minute: an invoice by its age, the rest by what was tried.</summary>
    TimeSpan Delay(Operation op, DateTimeOffset now)
    {
        var poll = options.Value.PollInterval;
        var age = now.UtcDateTime - op.CreatedAt;
        var next = op.State == "waiting" ? age / 30 : poll * Math.Pow(2, Math.Min(op.Attempts, 10));
        return next < poll ? poll : next < SlowestPoll ? next : SlowestPoll;
    }

    object Times(Guid id)
    {
        var now = clock.GetUtcNow();
        return new { id, now, until = now + Lease, options.Value.DoubtTime };
    }

    static async Task GuardAsync(Task<int> change)
    {
        if (await change != 1) throw new OperationTakenException();
    }

    static readonly TimeSpan SlowestPoll = TimeSpan.FromMinutes(1);

    const string Columns = """
        id as Id, kind as Kind, state as State, stage as Stage, version as Version, mint as Mint,
        amount_sat as AmountSat, booked_sat as BookedSat, details as DetailsJson, path as Path, request as Request,
        in_doubt_until as InDoubtUntil, attempts as Attempts, problem_code as ProblemCode,
        problem_detail as ProblemDetail, created_at as CreatedAt
        """;

    const string Select = $"select {Columns} from payments.ecash_op where id = @id";

    const string Insert = """
        insert into payments.ecash_op (
            id, kind, state, stage, version, mint, amount_sat, booked_sat, details, path, request, leased_until,
            next_at, created_at)
        values (
            @Id, @Kind, @State, @Stage, 1, @Mint, @AmountSat, @BookedSat, @details, @Path, @Request, @leased, @next,
            @now)
        on conflict (id) do nothing
        """;

    const string InsertGivenUp = """
        insert into payments.ecash_op (
            id, kind, state, stage, version, mint, amount_sat, details, problem_code, problem_detail, next_at,
            created_at, ended_at)
        values (@id, @kind, 'failed', 0, 1, '', 0, '{}', @Code, @Detail, @now, @now, @now)
        on conflict (id) do nothing
        """;

    const string Taken = """
        version = version + 1, attempts = attempts + 1, leased_until = @until,
               in_doubt_until = case when leased_until is null then in_doubt_until
                                     else greatest(in_doubt_until, leased_until + @DoubtTime) end
        """;

    const string Claim = $"""
        update payments.ecash_op
           set {Taken}
         where id = @id and ended_at is null and (leased_until is null or leased_until <= @now)
        returning {Columns}
        """;

    const string ClaimDue = $"""
        update payments.ecash_op
           set {Taken}
         where id in (
                select id
                  from payments.ecash_op
                 where ended_at is null and next_at <= @now and (leased_until is null or leased_until <= @now)
                 order by next_at
                 limit @max
                   for update skip locked)
        returning {Columns}
        """;

    const string Postpone = """
        update payments.ecash_op
           set leased_until = null, next_at = @next, state = @State, details = coalesce(@details, details),
               in_doubt_until = greatest(in_doubt_until, @doubt)
         where id = @Id and version = @Version and ended_at is null
        """;

    const string Continue = """
        update payments.ecash_op
           set state = 'open', stage = @Stage, details = @details, path = @path, request = @request,
               in_doubt_until = null, attempts = 0, leased_until = @until
         where id = @Id and version = @Version and ended_at is null
        """;

    const string End = """
        update payments.ecash_op
           set state = @state, amount_sat = @AmountSat, details = @details, request = null, leased_until = null,
               booked_sat = case when @state = 'lost' then booked_sat else 0 end,
               problem_code = @Code, problem_detail = @Detail, ended_at = @now
         where id = @Id and version = @Version and ended_at is null
        """;
}

/// <summary>Somebody else holds the operation now: what we were about to write must not be written.</summary>
sealed class OperationTakenException() : Exception("The operation is in other hands.");
