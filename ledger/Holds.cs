using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Ledger;

/// <summary>
/// Money in two phases, in the caller's transaction: set aside, then captured (in part, too) or released. A hold
/// resolves exactly once. An outcome that is not known keeps its hold: only a final failure releases.
/// </summary>
public static class Holds
{
    /// <summary>Sets money aside, and counts it against the caps. The same again changes nothing.</summary>
    /// <exception cref="ProblemException">Refused; nothing was written and the transaction may go on.</exception>
    public static async Task HoldAsync(NpgsqlTransaction tx, Hold hold, CancellationToken ct)
    {
        if (Refuse(hold) is { } problem) throw new ProblemException(problem);

        var row = new
        {
            hold.Id,
            hold.Account,
            amount = hold.Amount.Value,
            hold.Cause,
            hold.ExpiresAt,
            windows = hold.Caps.Select(cap => cap.Window).ToList(),
            limits = hold.Caps.Select(cap => cap.Limit.Value).ToList(),
        };
        try
        {
            Check(await tx.OneAsync<string>(SetAside, row, ct));
        }
        catch (PostgresException e) when (e.ConstraintName == "hold_pkey")
        {
            throw new ProblemException(LedgerProblems.Raced);
        }
    }

    /// <summary>Pays a part of a hold, or all of it, to an account; the rest is free again.</summary>
    /// <exception cref="ProblemException">Refused; nothing was written and the transaction may go on.</exception>
    public static async Task CaptureAsync(
        NpgsqlTransaction tx, Capture capture, DateTimeOffset now, CancellationToken ct)
    {
        if (capture.Amount <= Msat.Zero) throw new ProblemException(LedgerProblems.AmountOutOfRange);
        if (!AccountCode.IsValid(capture.To)) throw new ProblemException(LedgerProblems.NoTransfer);

        var row = new
        {
            capture.Hold,
            capture.Transfer,
            capture.To,
            amount = capture.Amount.Value,
            capture.Kind,
            capture.Cause,
            now,
        };
        Check(await tx.OneAsync<string>(CaptureHold, row, ct));
    }

    /// <summary>Frees all of a hold. The same again changes nothing.</summary>
    /// <exception cref="ProblemException">It was captured, or never was.</exception>
    public static async Task ReleaseAsync(NpgsqlTransaction tx, Guid hold, CancellationToken ct) =>
        Check(await tx.OneAsync<string>(LetGo, new { hold }, ct));

    /// <summary>Frees what has expired, up to so many, and says how many they were.</summary>
    public static Task<int> ExpireAsync(NpgsqlDataSource db, DateTimeOffset now, int most, CancellationToken ct) =>
        db.OneAsync<int>(ExpireDue, new { now, most }, ct);

    internal static Problem? Refuse(Hold hold) =>
        hold.Amount <= Msat.Zero || hold.Amount > Books.AmountMax ? LedgerProblems.AmountOutOfRange :
        !AccountCode.IsValid(hold.Account) || AccountCode.IsSharded(hold.Account)
            || hold.Cause.Length is 0 or > 256 || hold.Caps.Any(cap => cap.Window.Length is 0 or > 128)
            || hold.Caps.DistinctBy(cap => cap.Window).Count() != hold.Caps.Count
                ? LedgerProblems.NoTransfer with { Detail = $"A hold on {hold.Account}." }
                : null;

    static void Check(string? outcome)
    {
        var problem = outcome switch
        {
            "held" or "captured" or "released" or "replayed" => null,
            "insufficient" => LedgerProblems.Insufficient,
            "capped" => LedgerProblems.CapReached,
            "conflict" => LedgerProblems.Conflict,
            "unknown" => LedgerProblems.HoldUnknown,
            "resolved" => LedgerProblems.HoldResolved,
            "expired" => LedgerProblems.HoldExpired,
            "exceeds" => LedgerProblems.HoldExceeded,
            _ => throw new InvalidOperationException($"The books answered {outcome}."),
        };
        if (problem is not null) throw new ProblemException(problem);
    }

    const string SetAside = """
        select ledger.set_aside(@Id, @Account, @amount, @Cause, @ExpiresAt, @windows, @limits)
        """;

    const string CaptureHold = "select ledger.capture(@Hold, @Transfer, @To, @amount, @Kind, @Cause, @now)";

    const string LetGo = "select ledger.let_go(@hold, null)";

    const string ExpireDue = "select ledger.expire_holds(@now, @most)";
}

/// <summary>Money of an account that is set aside for something.</summary>
/// <param name="Id">Idempotency key.</param>
/// <param name="Account">Code of an account without shards.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Cause">What it is for.</param>
/// <param name="ExpiresAt">From then on it cannot be captured.</param>
/// <param name="Caps">What may be spent in the windows that this falls into; each window once.</param>
public sealed record Hold(
    Guid Id, string Account, Msat Amount, string Cause, DateTimeOffset ExpiresAt, IReadOnlyList<Cap> Caps);

/// <summary>The most that an account may hold and capture within a window.</summary>
/// <param name="Window">A name, such as <c>job:ID</c> or <c>day:2026-11-21</c>.</param>
/// <param name="Limit">As it is now: a lower one counts from the next hold on.</param>
public sealed record Cap(string Window, Msat Limit)
{
    public static Cap PerJob(string job, Msat limit) => new($"job:{job}", limit);

    /// <summary>The UTC day of <paramref name="now"/>.</summary>
    public static Cap PerDay(DateTimeOffset now, Msat limit) => new($"day:{now.UtcDateTime:yyyy-MM-dd}", limit);
}

/// <param name="Hold">Which one.</param>
/// <param name="Transfer">Id of the transfer that it becomes.</param>
/// <param name="To">Code of the account that is paid.</param>
/// <param name="Amount">Above zero, and at most what was set aside.</param>
/// <param name="Kind">Of the transfer.</param>
/// <param name="Cause">Of the transfer.</param>
public sealed record Capture(Guid Hold, Guid Transfer, string To, Msat Amount, string Kind, string Cause);
