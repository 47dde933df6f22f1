using System.Buffers.Binary;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Files;

/// <summary>Reads one section from front to back; every number is checked before it is believed.</summary>
public ref struct SectionReader(ReadOnlySpan<byte> bytes, string where)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    int _at;

    public readonly int Remaining => _bytes.Length - _at;

    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    public ReadOnlySpan<byte> Bytes(int count)
    {
        Require(count >= 0 && count <= Remaining, "ends too early");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    public uint Word() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong LongWord() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>A count of things that follow, each of at least so many bytes: more than fit is a lie.</summary>
    public int Count(int sizeOfEach)
    {
        var count = Word();
        Require(count <= (uint)(Remaining / sizeOfEach), "counts more than it holds");
        return (int)count;
    }

    public int CountBelow(int limit, string name)
    {
        var count = Word();
        Require(count <= (uint)limit, $"{name} is out of range");
        return (int)count;
    }

    /// <summary>A number as it is.</summary>
    public Fr Scalar()
    {
        Require(Fr.TryRead(Bytes(Fr.Size), out var value), "holds a number that is not canonical");
        return value;
    }

    /// <summary>The size of a field element and the prime, as headers have them.</summary>
    public void Prime<TModulus>()
        where TModulus : struct, IModulus
    {
        var size = Word();
        Require(size == Fe<TModulus>.Size, "is not about numbers of 32 bytes");
        Span<byte> prime = stackalloc byte[Fe<TModulus>.Size];
        Fe<TModulus>.Modulus.TryWriteBytes(prime, out _, isUnsigned: true);
        Require(Bytes(Fe<TModulus>.Size).SequenceEqual(prime), "is about another curve");
    }

    public readonly void End() => Require(Remaining == 0, "has bytes left over");

    /// <exception cref="ZkFileException">The condition does not hold.</exception>
    public readonly void Require(bool condition, string otherwise)
    {
        if (!condition) throw new ZkFileException($"{where} {otherwise}.");
    }
}
