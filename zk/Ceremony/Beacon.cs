using System.Security.Cryptography;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// A public value that nobody could know beforehand, such as the hash of a future Bitcoin block, hashed 2^exponent
/// times with SHA-256: the last contribution of a ceremony.
/// </summary>
public sealed record Beacon(byte[] Value, int IterationsExponent)
{
    internal ChaCha Stream()
    {
        var hash = Value;
        for (var i = 0L; i < 1L << IterationsExponent; i++)
        {
            hash = SHA256.HashData(hash);
        }

        return Ceremonies.Stream(hash);
    }
}
