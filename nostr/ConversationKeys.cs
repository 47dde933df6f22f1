using System.Security.Cryptography;

namespace PoA.Nostr;

/// <summary>
/// The NIP-44 conversation keys that one key has lately used: each costs an ECDH to make. As many as are kept, the
/// one not used for a turn of the queue goes; what goes is wiped. Safe for many threads.
/// </summary>
sealed class ConversationKeys(SecretKey own) : IDisposable
{
    public const int KeyBytes = 32;
    internal const int KeptMax = 1_024;

    readonly Lock _gate = new();
    readonly Dictionary<string, Entry> _kept = new(StringComparer.Ordinal);
    readonly Queue<string> _queue = new();
    bool _disposed;

    /// <summary>How many were made rather than found.</summary>
    internal int Made { get; private set; }

    internal int Count => _kept.Count;

    /// <summary>Writes the key shared with this peer. It is the caller's to wipe.</summary>
    /// <exception cref="ProblemException">The peer is no point of the curve.</exception>
    public void Copy(string peer, Span<byte> to)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_kept.TryGetValue(peer, out var entry))
            {
                entry.Used = true;
                entry.Key.CopyTo(to);
                return;
            }
        }

        // The curve is left to other threads' own time: two of them may make the same key.
        var made = Nip44Words.ConversationKey(own, peer);
        made.CopyTo(to);
        Keep(peer, made);
        CryptographicOperations.ZeroMemory(made);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var entry in _kept.Values) CryptographicOperations.ZeroMemory(entry.Key);
            _kept.Clear();
            _queue.Clear();
        }
    }

    void Keep(string peer, ReadOnlySpan<byte> made)
    {
        lock (_gate)
        {
            Made++;
            if (_disposed || _kept.ContainsKey(peer)) return;
            if (_kept.Count == KeptMax) Evict();

            var entry = new Entry();
            made.CopyTo(entry.Key);
            _kept.Add(peer, entry);
            _queue.Enqueue(peer);
        }
    }

    /// <summary>The oldest goes, unless it was used since it was last looked at: then it goes to the end.</summary>
    void Evict()
    {
        while (true)
        {
            var peer = _queue.Dequeue();
            var entry = _kept[peer];
            if (!entry.Used)
            {
                CryptographicOperations.ZeroMemory(entry.Key);
                _kept.Remove(peer);
                return;
            }

            entry.Used = false;
            _queue.Enqueue(peer);
        }
    }

    sealed class Entry
    {
        /// <summary>Pinned, so that the collector leaves no copies behind.</summary>
        public byte[] Key { get; } = GC.AllocateUninitializedArray<byte>(KeyBytes, pinned: true);

        public bool Used { get; set; }
    }
}
