namespace PoA.Nostr;

/// <summary>
/// Finds what two sets of events do not have in common, in a few messages (NIP-77, Negentropy V1). The side that asks
/// learns what it has and what it needs; the side that answers keeps nothing between messages.
/// </summary>
/// <param name="set">Our side.</param>
/// <param name="messageBytesMax">What one message of ours may grow to; at least 4,096. The rest follows later.</param>
public sealed class Reconciliation(ReconciledSet set, int messageBytesMax)
{
    const int Buckets = 16;

    /// <summary>Room for what closes a message that has grown to its limit.</summary>
    const int Reserve = 200;

    readonly int _bytesMax = messageBytesMax >= 4_096
        ? messageBytesMax - Reserve
        : throw new ArgumentOutOfRangeException(nameof(messageBytesMax));

    /// <summary>The message to begin with.</summary>
    public byte[] Open()
    {
        var output = new ReconciliationWriter();
        Split(output, 0, set.Count, ReconciliationBound.Infinity);
        return output.ToArray();
    }

    /// <summary>What to answer, on the side that was asked. Null and a problem when the message is malformed.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> message, out Problem? problem)
    {
        problem = null;

        // A client of another version is told the highest one that we know.
        return message is [>= 0x60 and <= 0x6f and not Nip77Words.Version, ..]
            ? [Nip77Words.Version]
            : Reconcile(message, null, null, out problem);
    }

    /// <summary>
    /// Takes an answer, on the side that asks: adds to the ids that only we have and that only they have. Null when
    /// nothing is left to ask, or with a problem when the answer is malformed or of another version.
    /// </summary>
    public byte[]? Continue(
        ReadOnlySpan<byte> message, ICollection<string> have, ICollection<string> need, out Problem? problem)
    {
        var next = Reconcile(message, have, need, out problem);
        return next is [Nip77Words.Version] ? null : next;
    }

    byte[]? Reconcile(
        ReadOnlySpan<byte> message, ICollection<string>? have, ICollection<string>? need, out Problem? problem)
    {
        problem = ReconciliationProblems.Malformed;
        if (message is not [Nip77Words.Version, ..]) return null;

        var input = new ReconciliationReader(message[1..]);
        var output = new ReconciliationWriter();
        var lower = 0;
        var end = default(ReconciliationBound);
        var isSkipping = false;
        while (!input.AtEnd)
        {
            var start = end;
            if (!input.TryBound(out end) || end.Item < start.Item || !input.TryNumber(out var mode)) return null;

            var upper = end.IsInfinity ? set.Count : set.LowerBound(lower, end.Item);
            scoped ReadOnlySpan<byte> ids = default;
            var isSettled = mode == Nip77Words.Skip;
            if (mode == Nip77Words.Fingerprint)
            {
                if (!input.TryBytes(ReconciledSet.FingerprintBytes, out var theirs)) return null;
                isSettled = IsSame(lower, upper, theirs);
            }
            else if (mode == Nip77Words.IdList)
            {
                if (!input.TryIds(out ids)) return null;
                isSettled = have is not null;
                if (isSettled) Compare(ids, lower, upper, have!, need!);
            }
            else if (mode != Nip77Words.Skip)
            {
                return null;
            }

            if (isSettled)
            {
                isSkipping = true;
                lower = upper;
                continue;
            }

            if (isSkipping) output.Range(start, Nip77Words.Skip);
            isSkipping = false;
            var isWhole = mode == Nip77Words.Fingerprint
                ? TrySplit(output, lower, upper, end)
                : TryList(output, ref lower, upper, end);
            if (!isWhole)
            {
                output.Range(ReconciliationBound.Infinity, Nip77Words.Fingerprint);
                WriteFingerprint(output, lower, set.Count);
                break;
            }

            lower = upper;
        }

        problem = null;
        return output.ToArray();
    }

    bool IsSame(int lower, int upper, ReadOnlySpan<byte> theirs)
    {
        Span<byte> ours = stackalloc byte[ReconciledSet.FingerprintBytes];
        set.Fingerprint(lower, upper, ours);
        return ours.SequenceEqual(theirs);
    }

    void WriteFingerprint(ReconciliationWriter output, int lower, int upper)
    {
        Span<byte> ours = stackalloc byte[ReconciledSet.FingerprintBytes];
        set.Fingerprint(lower, upper, ours);
        output.Bytes(ours);
    }

    /// <summary>Writes nothing, and says so, when the message would grow over its limit.</summary>
    bool TrySplit(ReconciliationWriter output, int lower, int upper, ReconciliationBound end)
    {
        var before = output.Mark();
        Split(output, lower, upper, end);
        if (output.Length <= _bytesMax) return true;

        output.Rewind(before);
        return false;
    }

    /// <summary>A small range as the ids in it, a larger one as the fingerprints of its parts.</summary>
    void Split(ReconciliationWriter output, int lower, int upper, ReconciliationBound end)
    {
        var count = upper - lower;
        if (count < Buckets * 2)
        {
            WriteIds(output, lower, upper, end);
            return;
        }

        for (var i = 0; i < Buckets; i++)
        {
            var next = lower + (count / Buckets) + (i < count % Buckets ? 1 : 0);
            var bound = next == upper ? end : ReconciliationBound.Between(set[next - 1], set[next]);
            output.Range(bound, Nip77Words.Fingerprint);
            WriteFingerprint(output, lower, next);
            lower = next;
        }
    }

    /// <summary>Lists as many ids as there is room for. False when some are left: they begin at lower then.</summary>
    bool TryList(ReconciliationWriter output, ref int lower, int upper, ReconciliationBound end)
    {
        var room = Math.Max(1, (_bytesMax - output.Length) / 32);
        var last = Math.Min(upper, lower + room);
        WriteIds(output, lower, last, last == upper ? end : ReconciliationBound.Before(set[last]));
        lower = last;
        return last == upper;
    }

    void WriteIds(ReconciliationWriter output, int lower, int upper, ReconciliationBound end)
    {
        output.Range(end, Nip77Words.IdList);
        output.Number((ulong)(upper - lower));
        Span<byte> id = stackalloc byte[32];
        for (var i = lower; i < upper; i++)
        {
            set[i].WriteId(id);
            output.Bytes(id);
        }
    }

    void Compare(ReadOnlySpan<byte> ids, int lower, int upper, ICollection<string> have, ICollection<string> need)
    {
        HashSet<string> theirs = new(ids.Length / 32);
        for (var i = 0; i < ids.Length; i += 32) theirs.Add(Convert.ToHexStringLower(ids.Slice(i, 32)));
        for (var i = lower; i < upper; i++)
        {
            if (!theirs.Remove(set[i].Id)) have.Add(set[i].Id);
        }

        foreach (var id in theirs) need.Add(id);
    }
}
