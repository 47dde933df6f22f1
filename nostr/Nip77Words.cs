using System.Buffers;

namespace PoA.Nostr;

/// <summary>
/// Negentropy syncing (NIP-77), protocol version 1, both roles. The side that opened learns what it has and what it
/// needs; the side that answers keeps no state but its set.
/// </summary>
public static class Nip77Words
{
    const byte Version = 0x61;
    const ulong Infinity = ulong.MaxValue;
    const int Buckets = 16;
    const int FingerprintBytes = 16;
    const int IdBytes = 32;

    /// <summary>A message of this size is a frame of twice as many hex digits.</summary>
    public const int MessageBytesMax = 60_000;

    enum Mode : ulong
    {
        Skip,
        Fingerprint,
        IdList,
    }

    /// <summary>The first message of the side that opens.</summary>
    public static byte[] Open(NegentropySet set)
    {
        var output = new Output(MessageBytesMax);
        Split(set, 0, set.Count, new(Infinity, []), output);
        output.Keep();
        return output.ToArray();
    }

    /// <summary>The answer of the other side. Null when the message is broken.</summary>
    public static byte[]? Answer(NegentropySet set, ReadOnlySpan<byte> message, int bytesMax = MessageBytesMax)
    {
        if (message.IsEmpty || message[0] is < 0x60 or > 0x6f) return null;
        return message[0] == Version ? Reconcile(set, message[1..], bytesMax, null, null) : [Version];
    }

    /// <summary>
    /// What the opening side makes of an answer: ids that it alone has, ids that it needs, and the next message. That
    /// is empty when both sides are done, and null when the answer is broken or of another version.
    /// </summary>
    public static byte[]? Continue(
        NegentropySet set, ReadOnlySpan<byte> answer, ICollection<string> have, ICollection<string> need)
    {
        if (answer.IsEmpty || answer[0] != Version) return null;

        var next = Reconcile(set, answer[1..], MessageBytesMax, have, need);
        return next is [Version] ? [] : next;
    }

    static byte[]? Reconcile(
        NegentropySet set, ReadOnlySpan<byte> input, int bytesMax, ICollection<string>? have, ICollection<string>? need)
    {
        var output = new Output(bytesMax);
        var (previous, index, skip, lastTime) = (new Bound(0, []), 0, false, 0UL);
        Span<byte> own = stackalloc byte[FingerprintBytes];
        while (!input.IsEmpty)
        {
            if (ReadBound(ref input, ref lastTime) is not { } bound) return null;
            if (Varint.Read(ref input) is not { } mode) return null;

            var upper = set.LowerBound(index, bound.Time, bound.Id);
            if (mode == (ulong)Mode.Skip)
            {
                skip = true;
            }
            else if (mode == (ulong)Mode.Fingerprint)
            {
                if (input.Length < FingerprintBytes) return null;
                set.Fingerprint(index, upper, own);
                var same = own.SequenceEqual(input[..FingerprintBytes]);
                input = input[FingerprintBytes..];
                if (!same)
                {
                    output.Skipped(ref skip, previous);
                    Split(set, index, upper, bound, output);
                }

                skip |= same;
            }
            else if (mode == (ulong)Mode.IdList)
            {
                if (ReadIds(ref input) is not { } theirs) return null;
                if (have is not null && need is not null)
                {
                    Compare(set, index, upper, theirs, have, need);
                    skip = true;
                }
                else
                {
                    output.Skipped(ref skip, previous);
                    upper = output.Ids(set, index, upper, bound);
                }
            }
            else
            {
                return null;
            }

            if (!output.Fits)
            {
                set.Fingerprint(upper, set.Count, own);
                output.Rest(own);
                break;
            }

            output.Keep();
            (previous, index) = (bound, upper);
        }

        return output.ToArray();
    }

    static void Compare(
        NegentropySet set, int from, int to, HashSet<string> theirs, ICollection<string> have, ICollection<string> need)
    {
        for (var i = from; i < to; i++)
        {
            var id = Convert.ToHexStringLower(set.IdAt(i));
            if (!theirs.Remove(id)) have.Add(id);
        }

        foreach (var id in theirs) need.Add(id);
    }

    /// <summary>Few events are listed; many become sixteen ranges with a fingerprint each.</summary>
    static void Split(NegentropySet set, int from, int to, Bound end, Output output)
    {
        var count = to - from;
        if (count < Buckets * 2)
        {
            output.IdList(end, set, from, to);
            return;
        }

        Span<byte> fingerprint = stackalloc byte[FingerprintBytes];
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            var next = from + (count / Buckets) + (bucket < count % Buckets ? 1 : 0);
            set.Fingerprint(from, next, fingerprint);
            output.Range(next == to ? end : Between(set, next), Mode.Fingerprint);
            output.Bytes(fingerprint);
            from = next;
        }
    }

    /// <summary>The shortest bound that parts an event from the one before it.</summary>
    static Bound Between(NegentropySet set, int index)
    {
        if (set.TimeAt(index) != set.TimeAt(index - 1)) return new(set.TimeAt(index), []);

        var common = set.IdAt(index).CommonPrefixLength(set.IdAt(index - 1));
        return new(set.TimeAt(index), set.IdAt(index)[..(common + 1)].ToArray());
    }

    static Bound? ReadBound(ref ReadOnlySpan<byte> input, ref ulong lastTime)
    {
        if (Varint.Read(ref input) is not { } offset || Varint.Read(ref input) is not { } length) return null;
        if (length > IdBytes || (ulong)input.Length < length) return null;

        var time = offset == 0 || offset - 1 > Infinity - lastTime ? Infinity : lastTime + (offset - 1);
        lastTime = time;
        var id = input[..(int)length].ToArray();
        input = input[(int)length..];
        return new(time, id);
    }

    static HashSet<string>? ReadIds(ref ReadOnlySpan<byte> input)
    {
        if (Varint.Read(ref input) is not { } count || count > (ulong)(input.Length / IdBytes)) return null;

        HashSet<string> ids = new((int)count);
        for (; count > 0; count--)
        {
            ids.Add(Convert.ToHexStringLower(input[..IdBytes]));
            input = input[IdBytes..];
        }

        return ids;
    }

    readonly record struct Bound(ulong Time, byte[] Id);

    /// <summary>A message in the making: what is kept, and the range at hand, which may still be dropped.</summary>
    sealed class Output(int bytesMax)
    {
        const int Reserve = 200;
        readonly ArrayBufferWriter<byte> _kept = Begun();
        readonly ArrayBufferWriter<byte> _open = new();
        ulong _lastTime;

        public bool Fits => _kept.WrittenCount + _open.WrittenCount <= bytesMax - Reserve;

        public byte[] ToArray() => _kept.WrittenSpan.ToArray();

        public void Keep()
        {
            _kept.Write(_open.WrittenSpan);
            _open.ResetWrittenCount();
        }

        public void Skipped(ref bool skip, Bound previous)
        {
            if (skip) Range(previous, Mode.Skip);
            skip = false;
        }

        public void Range(Bound bound, Mode mode)
        {
            Number(bound.Time == Infinity ? 0 : bound.Time - _lastTime + 1);
            _lastTime = bound.Time;
            Number((ulong)bound.Id.Length);
            Bytes(bound.Id);
            Number((ulong)mode);
        }

        public void IdList(Bound end, NegentropySet set, int from, int to)
        {
            Range(end, Mode.IdList);
            Number((ulong)(to - from));
            for (var i = from; i < to; i++) Bytes(set.IdAt(i));
        }

        /// <summary>Lists as many ids as fit, keeps them, and says at which index the list ended.</summary>
        public int Ids(NegentropySet set, int from, int to, Bound end)
        {
            var room = Math.Max(0, (bytesMax - Reserve - _kept.WrittenCount) / IdBytes);
            var last = Math.Min(to, from + room + 1);
            IdList(last == to ? end : new(set.TimeAt(last), set.IdAt(last).ToArray()), set, from, last);
            Keep();
            return last;
        }

        /// <summary>Drops the range at hand and closes with one fingerprint of all that is left.</summary>
        public void Rest(ReadOnlySpan<byte> fingerprint)
        {
            _open.ResetWrittenCount();
            Range(new(Infinity, []), Mode.Fingerprint);
            Bytes(fingerprint);
            Keep();
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => _open.Write(bytes);

        void Number(ulong value) => _open.Advance(Varint.Write(_open.GetSpan(Varint.BytesMax), value));

        static ArrayBufferWriter<byte> Begun()
        {
            var kept = new ArrayBufferWriter<byte>(1_024);
            kept.Write([Version]);
            return kept;
        }
    }
}
