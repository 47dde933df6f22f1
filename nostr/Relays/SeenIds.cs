using System.Globalization;

namespace PoA.Nostr.Relays;

/// <summary>
/// The ids of the last events that are safely stored: an accelerator in front of the database, bounded, and safe to
/// lose. Put an id in only after the event was verified and stored, or a forged copy hides the real one.
/// </summary>
/// <param name="capacity">Ids kept at least; at most twice as many are.</param>
public sealed class SeenIds(int capacity)
{
    readonly Lock _lock = new();
    HashSet<UInt128> _young = new(capacity);
    HashSet<UInt128> _old = new(capacity);

    public bool Contains(string id)
    {
        var key = Key(id);
        lock (_lock)
        {
            return _young.Contains(key) || _old.Contains(key);
        }
    }

    public void Add(string id)
    {
        var key = Key(id);
        lock (_lock)
        {
            if (_young.Count == capacity)
            {
                (_young, _old) = (_old, _young);
                _young.Clear();
            }

            _young.Add(key);
        }
    }

    /// <summary>Half of a SHA-256 tells events apart well enough, and takes half the room.</summary>
    internal static UInt128 Key(string id) =>
        UInt128.Parse(id.AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
