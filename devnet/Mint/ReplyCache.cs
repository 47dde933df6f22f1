using System.Security.Cryptography;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// Successful answers by method, path and payload (NUT-19). It does not cover two equal requests in flight at once:
/// one of them fails, as with the mints that were looked at. A restart forgets it.
/// </summary>
sealed class ReplyCache(TimeProvider clock)
{
    public const int Seconds = 300;
    const int RepliesMax = 10_000;

    /// <summary>NUT-19 §Settings.</summary>
    public static readonly string[] Paths = ["/v1/mint/bolt11", "/v1/swap", "/v1/melt/bolt11"];

    readonly Lock _gate = new();
    readonly Dictionary<string, byte[]> _replies = [];
    readonly Queue<(string Key, DateTimeOffset Until)> _order = [];

    public static string KeyOf(string path, byte[] body) => $"{path} {Convert.ToHexString(SHA256.HashData(body))}";

    public byte[]? Find(string key)
    {
        lock (_gate)
        {
            Forget();
            return _replies.GetValueOrDefault(key);
        }
    }

    public void Keep(string key, byte[] reply)
    {
        lock (_gate)
        {
            if (!_replies.TryAdd(key, reply)) return;
            _order.Enqueue((key, clock.GetUtcNow().AddSeconds(Seconds)));
            Forget();
        }
    }

    void Forget()
    {
        var now = clock.GetUtcNow();
        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _order.Count > RepliesMax))
        {
            _order.Dequeue();
            _replies.Remove(oldest.Key);
        }
    }
}
