using PoA.Nostr.Ledger;

namespace PoA.Nostr.Tests.Ledger;

/// <summary>
/// The books in memory, written from their rules and not from their SQL: what the real ones are compared with, and
/// what the simulator keeps its money in. Each deed answers with the code of its problem, or null.
/// </summary>
sealed class ModelBooks
{
    readonly Dictionary<string, long> _balances = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    readonly Dictionary<Guid, Transfer> _posted = [];
    readonly Dictionary<Guid, ModelHold> _holds = [];
    readonly Dictionary<(string Account, string Window), (long Used, long Limit)> _caps = [];

    public IReadOnlyDictionary<string, long> Balances => _balances;

    public IReadOnlyDictionary<Guid, Transfer> Posted => _posted;

    public int OpenHolds => _holds.Values.Count(hold => hold.State == "held");

    public long Balance(string account) => _balances.GetValueOrDefault(account);

    public long Available(string account) => Balance(account) - _held.GetValueOrDefault(account);

    /// <summary>All of the set, or nothing.</summary>
    public string? Post(params IReadOnlyList<Transfer> set)
    {
        if (set.Select(Books.Refuse).FirstOrDefault(problem => problem is not null) is { } wrong) return wrong.Code;

        List<Transfer> done = [];
        List<string> opened = [];
        foreach (var transfer in set)
        {
            var refusal = Refuse(transfer);
            if (refusal is not null)
            {
                foreach (var undo in done) Move(undo, -1);
                foreach (var code in opened) _balances.Remove(code);
                return refusal;
            }

            if (_posted.ContainsKey(transfer.Id)) continue;

            opened.AddRange(new[] { transfer.From, transfer.To }.Where(code => !_balances.ContainsKey(code)));
            Move(transfer, 1);
            done.Add(transfer);
        }

        return null;
    }

    public string? Hold(Hold hold)
    {
        if (Holds.Refuse(hold) is { } wrong) return wrong.Code;
        if (!_balances.ContainsKey(hold.Account)) return LedgerProblems.Insufficient.Code;
        if (_holds.TryGetValue(hold.Id, out var known))
        {
            return SameAs(known.Asked, hold) ? null : LedgerProblems.Conflict.Code;
        }

        if (Available(hold.Account) < hold.Amount.Value) return LedgerProblems.Insufficient.Code;
        if (hold.Caps.Any(cap => Used(hold.Account, cap) + hold.Amount.Value > cap.Limit.Value))
        {
            return LedgerProblems.CapReached.Code;
        }

        foreach (var cap in hold.Caps)
        {
            _caps[(hold.Account, cap.Window)] = (Used(hold.Account, cap) + hold.Amount.Value, cap.Limit.Value);
        }

        _held[hold.Account] = _held.GetValueOrDefault(hold.Account) + hold.Amount.Value;
        _holds[hold.Id] = new(hold);
        return null;
    }

    public string? Capture(Capture capture, DateTimeOffset now)
    {
        if (capture.Amount <= Msat.Zero) return LedgerProblems.AmountOutOfRange.Code;
        if (!_holds.TryGetValue(capture.Hold, out var hold)) return LedgerProblems.HoldUnknown.Code;

        var transfer = new Transfer(
            capture.Transfer, hold.Asked.Account, capture.To, capture.Amount, capture.Kind, capture.Cause);
        if (transfer.From == transfer.To) return LedgerProblems.Conflict.Code;
        if (hold.Transfer == transfer) return null;
        if (hold.State != "held") return LedgerProblems.HoldResolved.Code;
        if (hold.Asked.ExpiresAt <= now) return LedgerProblems.HoldExpired.Code;
        if (capture.Amount > hold.Asked.Amount) return LedgerProblems.HoldExceeded.Code;
        if (_posted.ContainsKey(capture.Transfer)) return LedgerProblems.Conflict.Code;

        GiveBack(hold, hold.Asked.Amount.Value - capture.Amount.Value);
        Move(transfer, 1);
        (hold.State, hold.Transfer) = ("captured", transfer);
        return null;
    }

    public string? Release(Guid id)
    {
        if (!_holds.TryGetValue(id, out var hold)) return LedgerProblems.HoldUnknown.Code;
        if (hold.State == "captured") return LedgerProblems.HoldResolved.Code;
        if (hold.State == "held") LetGo(hold, "released");
        return null;
    }

    public int Expire(DateTimeOffset now)
    {
        var due = _holds.Values.Where(hold => hold.State == "held" && hold.Asked.ExpiresAt <= now).ToList();
        foreach (var hold in due) LetGo(hold, "expired");
        return due.Count;
    }

    /// <summary>What must hold after every step; the name of what does not, or null.</summary>
    public string? Broken() =>
        _balances.Values.Aggregate(Int128.Zero, (sum, balance) => sum + balance) != 0 ? "the sum is not zero" :
        _balances.Keys.FirstOrDefault(code => !IsOutside(code) && Available(code) < 0) is { } poor
            ? $"{poor} is overdrawn" :
        _held.FirstOrDefault(pair => pair.Value != HeldOf(pair.Key)).Key is { } loose
            ? $"{loose} has other holds than it should" :
        _caps.FirstOrDefault(pair => pair.Value.Used > pair.Value.Limit).Key.Account is { } over
            ? $"{over} went over a cap"
            : null;

    public static bool IsOutside(string code) =>
        code.StartsWith("rail:", StringComparison.Ordinal) || code == AccountCode.RailCost;

    string? Refuse(Transfer transfer) =>
        _posted.TryGetValue(transfer.Id, out var known)
            ? known == transfer ? null : LedgerProblems.Conflict.Code
            : IsOutside(transfer.From) || Available(transfer.From) >= transfer.Amount.Value
                ? null
                : LedgerProblems.Insufficient.Code;

    void Move(Transfer transfer, int sign)
    {
        _balances[transfer.From] = Balance(transfer.From) - (sign * transfer.Amount.Value);
        _balances[transfer.To] = Balance(transfer.To) + (sign * transfer.Amount.Value);
        if (sign > 0) _posted.Add(transfer.Id, transfer);
        else _posted.Remove(transfer.Id);
    }

    void LetGo(ModelHold hold, string state)
    {
        GiveBack(hold, hold.Asked.Amount.Value);
        hold.State = state;
    }

    void GiveBack(ModelHold hold, long unused)
    {
        _held[hold.Asked.Account] -= hold.Asked.Amount.Value;
        foreach (var cap in hold.Asked.Caps)
        {
            var (used, limit) = _caps[(hold.Asked.Account, cap.Window)];
            _caps[(hold.Asked.Account, cap.Window)] = (used - unused, limit);
        }
    }

    long Used(string account, Cap cap) => _caps.GetValueOrDefault((account, cap.Window)).Used;

    long HeldOf(string account) => _holds.Values
        .Where(hold => hold.State == "held" && hold.Asked.Account == account).Sum(hold => hold.Asked.Amount.Value);

    static bool SameAs(Hold known, Hold asked) =>
        (known.Account, known.Amount, known.Cause) == (asked.Account, asked.Amount, asked.Cause)
        && known.Caps.Select(cap => cap.Window).SequenceEqual(asked.Caps.Select(cap => cap.Window));

    sealed class ModelHold(Hold asked)
    {
        public Hold Asked { get; } = asked;

        public string State { get; set; } = "held";

        public Transfer? Transfer { get; set; }
    }
}
