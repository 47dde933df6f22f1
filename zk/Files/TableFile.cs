using System.Buffers.Binary;
using System.Security.Cryptography;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// A prover's tables of multiples, to be read by the next process: eight letters, the way points lie in memory, the
/// hash of the key, the SHA-256 of all that follows, then three lengths and as many tables. Ours alone, and for one
/// kind of processor: what does not fit is made anew.
/// </summary>
static class TableFile
{
    /// <summary>A, B, and C with H and B of the first group.</summary>
    public const int Tables = 3;

    const int HeaderSize = 8 + 8 + (2 * SHA256.HashSizeInBytes) + (8 * Tables);
    const long TableMax = 1L << 30;

    static ReadOnlySpan<byte> Magic => "poatab02"u8;

    /// <summary>Null where there is no such file, or not for this key and this processor, or it is damaged.</summary>
    public static PointStore[]? TryRead(string path, ReadOnlySpan<byte> keyHash)
    {
        if (!File.Exists(path)) return null;

        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return null;

        Span<byte> expected = stackalloc byte[HeaderSize];
        WriteStart(expected, keyHash);
        if (!header[..48].SequenceEqual(expected[..48])) return null;

        var stores = new PointStore[Tables];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header[80..]);
        for (var i = 0; i < Tables; i++)
        {
            var length = BinaryPrimitives.ReadInt64LittleEndian(header[(80 + (8 * i))..]);
            if (length is < 0 or > TableMax || length > file.Length - file.Position) return null;

            stores[i] = new(length);
            file.ReadExactly(stores[i].Bytes);
            hash.AppendData(stores[i].Bytes);
        }

        return hash.GetHashAndReset().AsSpan().SequenceEqual(header[48..80]) ? stores : null;
    }

    /// <summary>Writes beside the place and moves: nobody ever sees half a file.</summary>
    public static void Write(string path, ReadOnlySpan<byte> keyHash, PointStore[] stores)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        WriteStart(header, keyHash);
        for (var i = 0; i < Tables; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header[(80 + (8 * i))..], stores[i].Length);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header[80..]);
        foreach (var store in stores)
        {
            hash.AppendData(store.Bytes);
        }

        hash.GetHashAndReset().CopyTo(header[48..80]);
        var beside = $"{path}.{Environment.ProcessId}.new";
        using (var file = File.Create(beside))
        {
            file.Write(header);
            foreach (var store in stores)
            {
                file.Write(store.Bytes);
            }
        }

        File.Move(beside, path, overwrite: true);
    }

    static void WriteStart(Span<byte> header, ReadOnlySpan<byte> keyHash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keyHash.Length, SHA256.HashSizeInBytes);
        header.Clear();
        Magic.CopyTo(header);
        header[8] = (byte)(ArithmeticPaths.HasLanes ? 1 : 0);
        keyHash.CopyTo(header[16..48]);
    }
}
