using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PoA.Nostr.Devnet.Relay;

namespace PoA.Nostr.Devnet.Lightning;

/// <summary>
/// The records of one machine of the devnet, in a file that only grows: what is added is on disk when the call
/// returns, and a restart reads all of it again. Without a folder nothing outlives the process. The caller locks.
/// </summary>
sealed class Journal<TRecord> : IDisposable
{
    /// <summary>A devnet's lifetime of payments.</summary>
    const long BytesMax = 4L * 1024 * 1024 * 1024;

    readonly EventLog? _log;
    readonly JsonTypeInfo<TRecord> _form;

    public Journal(string? folder, string name, JsonTypeInfo<TRecord> form)
    {
        _form = form;
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        _log = new(Path.Combine(folder, name), BytesMax);
    }

    /// <summary>Every record, in order. Called once, before the first is added.</summary>
    public void Replay(Action<TRecord> each) =>
        _log?.Replay(at => each(JsonSerializer.Deserialize(_log.Read(at), _form)!));

    public void Add(TRecord record)
    {
        if (_log is null) return;
        if (_log.Append(JsonSerializer.SerializeToUtf8Bytes(record, _form)) is null)
        {
            throw new IOException($"{_log.Path} is full.");
        }

        _log.Commit();
    }

    public void Dispose() => _log?.Dispose();
}
