using System.Buffers.Binary;
using System.Text;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// The container of .r1cs, .wtns, .zkey and .ptau: four letters, version, number of sections, then {u32 id, u64 length,
/// bytes}, little-endian, in any order. Lengths that lie, sections twice and bytes after the end are refused;
/// nothing is copied.
/// </summary>
public sealed class SectionFile
{
    const int SectionsMax = 32;
    const int HeaderSize = 12;

    readonly ReadOnlyMemory<byte> _bytes;
    readonly Dictionary<uint, Range> _sections = [];
    readonly string _kind;

    /// <exception cref="ZkFileException">Not such a file.</exception>
    public SectionFile(ReadOnlyMemory<byte> bytes, string kind, uint version)
    {
        (_bytes, _kind) = (bytes, kind);
        var span = bytes.Span;
        Require(span.Length >= HeaderSize && span[..4].SequenceEqual(Encoding.ASCII.GetBytes(kind)), "is no such file");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) == version, $"is not of version {version}");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(span[8..]);
        Require(count <= SectionsMax, "has too many sections");
        var at = HeaderSize;
        for (var i = 0; i < count; i++)
        {
            Require(span.Length - at >= 12, "ends in the middle of a section");
            var id = BinaryPrimitives.ReadUInt32LittleEndian(span[at..]);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(span[(at + 4)..]);
            at += 12;
            Require(length <= (ulong)(span.Length - at), $"section {id} claims more bytes than the file has");
            Require(_sections.TryAdd(id, at..(at + (int)length)), $"section {id} stands there twice");
            at += (int)length;
        }

        Require(at == span.Length, "has bytes after its last section");
    }

    public bool Has(uint id) => _sections.ContainsKey(id);

    /// <summary>A reader over one section.</summary>
    /// <exception cref="ZkFileException">The section is missing.</exception>
    public SectionReader Read(uint id)
    {
        Require(_sections.TryGetValue(id, out var range), $"section {id} is missing");
        return new(_bytes.Span[range], $"{_kind.Trim()} file: section {id}");
    }

    /// <summary>Anything else than these sections is refused.</summary>
    public void RequireOnly(params ReadOnlySpan<uint> known)
    {
        foreach (var id in _sections.Keys)
        {
            Require(known.Contains(id), $"section {id} is not supported");
        }
    }

    /// <exception cref="ZkFileException">The condition does not hold.</exception>
    public void Require(bool condition, string otherwise)
    {
        if (!condition) throw new ZkFileException($"{_kind.Trim()} file: {otherwise}.");
    }
}
