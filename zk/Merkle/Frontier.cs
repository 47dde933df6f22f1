using System.Buffers.Binary;
using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// All that appending to the tree and knowing its root needs: the number of leaves, and for each bit that is set in
/// it the full subtree of that height (1,032 bytes). Not safe for two threads at once.
/// </summary>
public sealed class Frontier
{
    /// <summary>Bytes of an encoded frontier.</summary>
    public const int Size = 8 + (MerkleTree.Depth * Fr.Size);

    readonly Fr[] _full = new Fr[MerkleTree.Depth];

    public ulong Count { get; private set; }

    /// <summary>
    /// Appends leaves in order, each level in one batch. The visitor sees every node that becomes full: leaves have
    /// height 0.
    /// </summary>
    /// <exception cref="ArgumentException">The tree is full, or a leaf is the empty leaf 0.</exception>
    public void Append(ReadOnlySpan<Fr> leaves, Action<int, ulong, Fr>? onFull = null)
    {
        if ((ulong)leaves.Length > MerkleTree.LeavesMax - Count) throw new ArgumentException("The tree is full.");
        if (leaves.Contains(Fr.Zero)) throw new ArgumentException("0 is the empty leaf.");

        var nodes = leaves.ToArray();
        var first = Count;
        for (var height = 0; nodes.Length > 0; height++)
        {
            for (var i = 0; onFull is not null && i < nodes.Length; i++)
            {
                onFull(height, first + (ulong)i, nodes[i]);
            }

            if ((first & 1) == 1)
            {
                nodes = [_full[height], .. nodes];
                first--;
            }

            if ((nodes.Length & 1) == 1) _full[height] = nodes[^1];

            var parents = new Fr[nodes.Length / 2];
            PoseidonHash.HashMany(nodes.AsSpan(..(2 * parents.Length)), parents);
            nodes = parents;
            first >>= 1;
        }

        Count += (ulong)leaves.Length;
    }

    /// <summary>The root over the leaves so far: 32 hashes.</summary>
    public Fr Root()
    {
        var node = Fr.Zero;
        for (var height = 0; height < MerkleTree.Depth; height++)
        {
            node = ((Count >> height) & 1) == 1
                ? PoseidonHash.Hash(_full[height], node)
                : PoseidonHash.Hash(node, MerkleTree.Zero(height));
        }

        return node;
    }

    /// <summary>The count as 8 bytes, then 32 elements, all little-endian; heights without a subtree hold 0.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Count);
        for (var height = 0; height < MerkleTree.Depth; height++)
        {
            if (((Count >> height) & 1) == 1) _full[height].Write(bytes.AsSpan(8 + (height * Fr.Size)));
        }

        return bytes;
    }

    /// <summary>Strict: every frontier has one encoding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Frontier frontier)
    {
        frontier = new();
        if (bytes.Length != Size) return false;

        frontier.Count = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (frontier.Count > MerkleTree.LeavesMax) return false;

        for (var height = 0; height < MerkleTree.Depth; height++)
        {
            if (!Fr.TryRead(bytes.Slice(8 + (height * Fr.Size), Fr.Size), out var node)) return false;
            if (node.IsZero == (((frontier.Count >> height) & 1) == 1)) return false;

            frontier._full[height] = node;
        }

        return true;
    }
}
