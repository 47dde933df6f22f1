namespace PoA.Nostr;

/// <summary>What can be wrong with a message of NIP-77.</summary>
public static class ReconciliationProblems
{
    public static readonly Problem Malformed = new(
        "reconciliation/malformed", 400, RecoveryAction.FixRequest, "This is not a Negentropy message of version 1.");
}

/// <summary>The numbers of the Negentropy protocol, version 1 (NIP-77), which its messages are written with.</summary>
static class Nip77Words
{
    /// <summary>The first byte of every message.</summary>
    public const byte Version = 0x61;

    /// <summary>Nothing to say about this range.</summary>
    public const ulong Skip = 0;

    public const ulong Fingerprint = 1;
    public const ulong IdList = 2;
}

/// <summary>Where a range ends, itself not in it: a time and as much of an id as tells two items apart.</summary>
/// <param name="Item">The id is filled up with zeros.</param>
/// <param name="PrefixBytes">How much of the id is written.</param>
readonly record struct ReconciliationBound(ReconciledItem Item, int PrefixBytes)
{
    public static readonly ReconciliationBound Infinity = new(new(ulong.MaxValue, 0, 0), 0);

    public bool IsInfinity => Item.CreatedAt == ulong.MaxValue;

    public static ReconciliationBound Before(ReconciledItem item) => new(item, 32);

    /// <summary>The shortest bound that is above the one and not above the other.</summary>
    public static ReconciliationBound Between(ReconciledItem below, ReconciledItem above)
    {
        if (below.CreatedAt != above.CreatedAt) return new(new(above.CreatedAt, 0, 0), 0);

        Span<byte> one = stackalloc byte[32];
        Span<byte> other = stackalloc byte[32];
        below.WriteId(one);
        above.WriteId(other);
        var shared = one.CommonPrefixLength(other) + 1;
        other[shared..].Clear();
        return new(ReconciledItem.From(above.CreatedAt, other), shared);
    }
}

/// <summary>Writes a message: bounds carry the difference of their time to the bound before.</summary>
sealed class ReconciliationWriter
{
    readonly List<byte> _bytes = [Nip77Words.Version];
    ulong _time;

    public int Length => _bytes.Count;

    public void Range(ReconciliationBound end, ulong mode)
    {
        Number(end.IsInfinity ? 0 : end.Item.CreatedAt - _time + 1);
        _time = end.Item.CreatedAt;
        Span<byte> id = stackalloc byte[32];
        end.Item.WriteId(id);
        Number((ulong)end.PrefixBytes);
        Bytes(id[..end.PrefixBytes]);
        Number(mode);
    }

    public void Number(ulong value)
    {
        Span<byte> bytes = stackalloc byte[Varint.BytesMax];
        Bytes(bytes[..Varint.Write(bytes, value)]);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public (int Length, ulong Time) Mark() => (_bytes.Count, _time);

    public void Rewind((int Length, ulong Time) mark)
    {
        _bytes.RemoveRange(mark.Length, _bytes.Count - mark.Length);
        _time = mark.Time;
    }

    public byte[] ToArray() => [.. _bytes];
}

/// <summary>Reads a message of a stranger: every answer may be false.</summary>
ref struct ReconciliationReader(ReadOnlySpan<byte> message)
{
    ReadOnlySpan<byte> _rest = message;
    ulong _time;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryNumber(out ulong value) => Varint.TryRead(ref _rest, out value);

    public bool TryBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > _rest.Length) return false;
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    public bool TryIds(out ReadOnlySpan<byte> ids)
    {
        ids = default;
        return TryNumber(out var count) && count <= (ulong)_rest.Length / 32 && TryBytes((int)count * 32, out ids);
    }

    public bool TryBound(out ReconciliationBound bound)
    {
        bound = ReconciliationBound.Infinity;
        if (!TryNumber(out var time) || !TryNumber(out var length) || length > 32) return false;
        if (!TryBytes((int)length, out var prefix)) return false;
        if (time == 0) return true;

        if (_time > ulong.MaxValue - time) return false;
        _time += time - 1;
        Span<byte> id = stackalloc byte[32];
        id.Clear();
        prefix.CopyTo(id);
        bound = new(ReconciledItem.From(_time, id), (int)length);
        return true;
    }
}
