using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// Paths out of stored tiles, for the tree as it was at any size. The reader is asked for the tiles of
/// <see cref="Tile.OfPath"/> and no others; it may return a wider tile than asked for.
/// </summary>
public sealed class TiledTree(ulong size, Func<Tile, ReadOnlyMemory<Fr>> read)
{
    readonly Dictionary<(int Level, ulong Index), ReadOnlyMemory<Fr>> _tiles = [];

    /// <summary>
    /// The 32 siblings of an index, lowest first. For an index below the size they prove inclusion.
    /// </summary>
    public Fr[] Path(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, size);
        var siblings = new Fr[MerkleTree.Depth];
        for (var height = 0; height < siblings.Length; height++)
        {
            siblings[height] = Node(height, (index >> height) ^ 1);
        }

        return siblings;
    }

    /// <summary>
    /// Proves that the first leaves of this tree are all the leaves of the older one: the leaf that came next, and its
    /// path. See <see cref="ConsistencyProof.Verify"/>.
    /// </summary>
    public ConsistencyProof Consistency(ulong olderSize) => new(Node(0, olderSize), Path(olderSize));

    /// <summary>A full node comes from its tile, one over the right edge from its children, one beyond it is
    /// empty.</summary>
    Fr Node(int height, ulong index)
    {
        var first = index << height;
        if (first >= size) return MerkleTree.Zero(height);
        if (first + (1ul << height) <= size) return Full(height, index);

        return PoseidonHash.Hash(Node(height - 1, 2 * index), Node(height - 1, (2 * index) + 1));
    }

    Fr Full(int height, ulong index)
    {
        var level = Math.Min(height, MerkleTree.Depth - 1) / Tile.Height;
        var above = height - (level * Tile.Height);
        var first = index << above;
        var tile = Tile.Holding(level, first, size);
        if (!_tiles.TryGetValue((level, tile.Index), out var nodes))
        {
            nodes = read(tile);
            if (nodes.Length < tile.Width) throw new ArgumentException($"{tile.Path} has too few nodes.");

            _tiles.Add((level, tile.Index), nodes);
        }

        var row = nodes.Slice((int)(first & (Tile.WidthMax - 1)), 1 << above).ToArray();
        while (row.Length > 1)
        {
            var parents = new Fr[row.Length / 2];
            PoseidonHash.HashMany(row, parents);
            row = parents;
        }

        return row[0];
    }
}
