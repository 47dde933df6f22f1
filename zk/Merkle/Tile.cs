using System.Globalization;

namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// A stored piece of the tree, in the shape of C2SP tlog-tiles: up to 256 full nodes of height 8·Level, side by side
/// from 256·Index on. Nodes between two tile levels are computed, never stored, so the tree costs about 32 bytes a
/// leaf.
/// </summary>
/// <param name="Level">0 to 3.</param>
/// <param name="Index">Which tile of its level, from the left.</param>
/// <param name="Width">Nodes in it, 1 to 256; only the last tile of a level has fewer than 256.</param>
public readonly record struct Tile(int Level, ulong Index, int Width)
{
    public const int Height = 8;

    public const int WidthMax = 1 << Height;

    /// <summary>Where it is served: <c>tile/0/x001/234</c>, with <c>.p/7</c> behind it while it holds 7
    /// nodes.</summary>
    public string Path
    {
        get
        {
            var path = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
            for (var rest = Index / 1000; rest > 0; rest /= 1000)
            {
                path = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{path}");
            }

            var partial = Width == WidthMax ? "" : $".p/{Width}";
            return $"tile/{Level}/{path}{partial}";
        }
    }

    /// <summary>The tile that holds a full node, as it is in a tree of so many leaves.</summary>
    public static Tile Holding(int level, ulong node, ulong size)
    {
        var index = node >> Height;
        var nodes = (size >> (Height * level)) - (index << Height);
        return new(level, index, (int)Math.Min(nodes, WidthMax));
    }

    /// <summary>The tiles that the path of this index in a tree of this size is computed from: at most eight.</summary>
    public static IReadOnlyList<Tile> OfPath(ulong index, ulong size)
    {
        var tiles = new HashSet<Tile>();
        for (var level = 0; level < MerkleTree.Depth / Height; level++)
        {
            var nodes = size >> (Height * level);
            if (nodes == 0) break;

            tiles.Add(Holding(level, Math.Min(index >> (Height * level), nodes - 1), size));
            tiles.Add(Holding(level, nodes - 1, size));
        }

        return [.. tiles];
    }
}
