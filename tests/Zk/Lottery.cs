using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Tests.Zk;

/// <summary>Seeded draws: a failing run can be repeated.</summary>
sealed class Lottery(uint seed)
{
    readonly ChaCha _stream = new([seed, 0, 0, 0, 0, 0, 0, 0]);

    public int Below(int limit) => (int)(_stream.NextUInt64() % (ulong)limit);

    public byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)Below(256))];

    public Fr Number()
    {
        while (true)
        {
            var bytes = Bytes(32);
            bytes[^1] &= 0x3f;
            if (Fr.TryRead(bytes, out var number)) return number;
        }
    }

    /// <summary>A copy with a few bytes changed, cut, or added; most often near the beginning, where headers
    /// are.</summary>
    public byte[] Mutate(byte[] original)
    {
        List<byte> copy = [.. original];
        for (var changes = 1 + Below(3); changes > 0 && copy.Count > 0; changes--)
        {
            var at = Below(Below(2) == 0 ? copy.Count : Math.Min(200, copy.Count));
            switch (Below(5))
            {
                case 0: copy.RemoveRange(at, Below(copy.Count - at)); break;
                case 1: copy.InsertRange(at, Bytes(1 + Below(40))); break;
                default: copy[at] = (byte)Below(256); break;
            }
        }

        return [.. copy];
    }
}
