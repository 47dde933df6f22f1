using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Devnet.World;

/// <summary>Choices that are the same for the same name everywhere (SplitMix64). Never for secrets.</summary>
sealed class Seeded(string name)
{
    ulong _state = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>At least 0, below the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>At least 0, below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9e37_79b9_7f4a_7c15;
            z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
            return z ^ (z >> 31);
        }
    }
}
