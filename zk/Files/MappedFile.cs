using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// A file as memory, without reading it first: keys are large, are read once from front to back, and are shared by all
/// processes that use them.
/// </summary>
public sealed unsafe class MappedFile : MemoryManager<byte>
{
    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;
    readonly int _length;
    readonly byte* _start;

    /// <exception cref="ZkFileException">There is no such file, it is empty, or larger than 2 GiB.</exception>
    public MappedFile(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new ZkFileException($"There is no file {path}.");
        if (info.Length is 0 or > int.MaxValue) throw new ZkFileException($"{path} is empty or larger than 2 GiB.");

        _length = (int)info.Length;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>SHA-256 of the content: the name by which a key is pinned.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(GetSpan()));

    public override Span<byte> GetSpan() => new(_start + _view.PointerOffset, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + _view.PointerOffset + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;

        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
