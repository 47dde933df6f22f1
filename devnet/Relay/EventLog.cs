using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>Where an event's JSON lies in the log.</summary>
readonly record struct Stored(long Offset, int Length);

/// <summary>
/// The events as UTF-8 JSON, one after the other in a file that only grows: length, CRC-32C, bytes. One thread writes;
/// any thread reads, through a mapping of the whole file, without a lock and without a copy.
/// </summary>
sealed unsafe partial class EventLog : IDisposable
{
    const int HeadBytes = 8;
    readonly SafeFileHandle _file;
    readonly Mapping _mapping;
    readonly byte* _map;
    readonly long _bytesMax;
    byte[] _group = new byte[64 * 1024];
    int _grouped;

    /// <summary>Opens or makes the file. Nothing is read before <see cref="Replay"/>.</summary>
    public EventLog(string path, long bytesMax)
    {
        Path = path;
        _bytesMax = bytesMax;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        End = RandomAccess.GetLength(_file);
        var map = mmap(0, (nuint)bytesMax, ProtectRead, MapShared, (int)_file.DangerousGetHandle(), 0);
        if (map == -1) throw new IOException($"Cannot map {path}: error {Marshal.GetLastPInvokeError()}.");
        _mapping = new(map, (nuint)bytesMax);
        _map = (byte*)map;
    }

    public string Path { get; }

    /// <summary>Where the next event goes: the size of what is whole.</summary>
    public long End { get; private set; }

    /// <summary>The JSON of an event that was committed.</summary>
    public ReadOnlySpan<byte> Read(Stored at) => new(_map + at.Offset, at.Length);

    /// <summary>
    /// Walks over every whole event, then cuts off what a crash left behind. A damaged event with a whole one after it
    /// is stepped over: the disk lied, and the rest is still good.
    /// </summary>
    /// <returns>Bytes cut off the end.</returns>
    public long Replay(Action<Stored> each)
    {
        long at = 0;
        while (Whole(at, out var next))
        {
            each(new(at + HeadBytes, (int)(next - at) - HeadBytes));
            at = next;
        }

        while (at < End && StepOver(at) is { } sound)
        {
            at = sound;
            while (Whole(at, out var next))
            {
                each(new(at + HeadBytes, (int)(next - at) - HeadBytes));
                at = next;
            }
        }

        var cut = End - at;
        if (cut > 0)
        {
            RandomAccess.SetLength(_file, at);
            RandomAccess.FlushToDisk(_file);
            End = at;
        }

        return cut;
    }

    /// <summary>Adds to the group in memory. Nothing is on disk, and nothing may be read, before the commit.</summary>
    /// <returns>Null when the log is full.</returns>
    public Stored? Append(ReadOnlySpan<byte> json)
    {
        var offset = End + _grouped + HeadBytes;
        if (offset + json.Length > _bytesMax) return null;

        var needed = _grouped + HeadBytes + json.Length;
        if (needed > _group.Length) Array.Resize(ref _group, Math.Max(needed, _group.Length * 2));
        var head = _group.AsSpan(_grouped);
        BinaryPrimitives.WriteInt32LittleEndian(head, json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Checksum(json));
        json.CopyTo(head[HeadBytes..]);
        _grouped = needed;
        return new(offset, json.Length);
    }

    /// <summary>Writes the group and waits until the disk has it.</summary>
    public void Commit()
    {
        if (_grouped == 0) return;
        var group = _group.AsSpan(0, _grouped);
        _grouped = 0;
        RandomAccess.Write(_file, group, End);
        RandomAccess.FlushToDisk(_file);
        End += group.Length;
    }

    /// <summary>Keeps the mapping until the hold is disposed, even if the log is closed before.</summary>
    public IDisposable Hold() => new MappingHold(_mapping);

    public void Dispose()
    {
        _mapping.Dispose();
        _file.Dispose();
    }

    bool Whole(long at, out long next)
    {
        next = 0;
        if (End - at < HeadBytes) return false;
        var head = new ReadOnlySpan<byte>(_map + at, HeadBytes);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length <= 0 || length > End - at - HeadBytes) return false;
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        next = at + HeadBytes + length;
        return Checksum(new(_map + at + HeadBytes, length)) == expected;
    }

    /// <summary>The start of a whole event after a damaged one whose length still makes sense.</summary>
    long? StepOver(long at)
    {
        if (End - at < HeadBytes) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(new(_map + at, HeadBytes));
        if (length <= 0 || length > End - at - HeadBytes) return null;
        var next = at + HeadBytes + length;
        return Whole(next, out _) ? next : null;
    }

    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * 8)..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    sealed class Mapping : SafeHandle
    {
        readonly nuint _length;

        public Mapping(nint address, nuint length)
            : base(0, ownsHandle: true)
        {
            _length = length;
            SetHandle(address);
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => munmap(handle, _length) == 0;
    }

    sealed class MappingHold : IDisposable
    {
        readonly Mapping _held;
        readonly bool _added;

        public MappingHold(Mapping held)
        {
            _held = held;
            held.DangerousAddRef(ref _added);
        }

        public void Dispose()
        {
            if (_added) _held.DangerousRelease();
        }
    }

    const int ProtectRead = 1;
    const int MapShared = 1;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);
}
