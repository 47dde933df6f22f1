using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Files;

/// <summary>Writes the container that <see cref="SectionFile"/> reads.</summary>
public sealed class SectionWriter
{
    readonly ArrayBufferWriter<byte> _file = new();
    readonly ArrayBufferWriter<byte> _section = new();

    public SectionWriter(string kind, uint version, uint sections)
    {
        _file.Write(Encoding.ASCII.GetBytes(kind));
        WriteUInt32(_file, version);
        WriteUInt32(_file, sections);
    }

    public void Word(uint value) => WriteUInt32(_section, value);

    public void LongWord(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_section.GetSpan(8), value);
        _section.Advance(8);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _section.Write(bytes);

    /// <summary>A number as it is.</summary>
    public void Scalar(in Fr value)
    {
        value.Write(_section.GetSpan(Fr.Size));
        _section.Advance(Fr.Size);
    }

    public void Prime<TModulus>()
        where TModulus : struct, IModulus
    {
        Word((uint)Fe<TModulus>.Size);
        var prime = _section.GetSpan(Fe<TModulus>.Size)[..Fe<TModulus>.Size];
        prime.Clear();
        Fe<TModulus>.Modulus.TryWriteBytes(prime, out _, isUnsigned: true);
        _section.Advance(Fe<TModulus>.Size);
    }

    /// <summary>What has been written since the last section becomes one.</summary>
    public void EndSection(uint id)
    {
        WriteUInt32(_file, id);
        BinaryPrimitives.WriteUInt64LittleEndian(_file.GetSpan(8), (ulong)_section.WrittenCount);
        _file.Advance(8);
        _file.Write(_section.WrittenSpan);
        _section.ResetWrittenCount();
    }

    public byte[] ToArray() => _file.WrittenSpan.ToArray();

    static void WriteUInt32(ArrayBufferWriter<byte> writer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(4), value);
        writer.Advance(4);
    }
}
