using PoA.Nostr.Zk.Poseidon;

namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// The append-only tree of depth 32 in which attestations are leaves: nodes are Poseidon of their two children with
/// tag 0 (circomlib's roots), places without a leaf hold 0.
/// </summary>
public static class MerkleTree
{
    public const int Depth = 32;

    /// <summary>Leaves that a tree takes; the last place stays empty so that a frontier always has a next
    /// one.</summary>
    public const ulong LeavesMax = (1ul << Depth) - 1;

    static readonly Fr[] Zeros = MakeZeros();

    /// <summary>The root of a subtree of this height without a leaf.</summary>
    public static Fr Zero(int height) => Zeros[height];

    /// <summary>Where a path from a leaf leads: 32 siblings, lowest first.</summary>
    public static Fr RootOf(in Fr leaf, ulong index, ReadOnlySpan<Fr> siblings)
    {
        var node = leaf;
        for (var level = 0; level < siblings.Length; level++)
        {
            node = ((index >> level) & 1) == 1
                ? PoseidonHash.Hash(siblings[level], node)
                : PoseidonHash.Hash(node, siblings[level]);
        }

        return node;
    }

    /// <summary>Whether the leaf stands at this index under the root. The empty leaf never does.</summary>
    public static bool Includes(in Fr root, in Fr leaf, ulong index, ReadOnlySpan<Fr> siblings) =>
        siblings.Length == Depth && index < LeavesMax && !leaf.IsZero && RootOf(leaf, index, siblings) == root;

    static Fr[] MakeZeros()
    {
        var zeros = new Fr[Depth + 1];
        for (var height = 1; height <= Depth; height++)
        {
            zeros[height] = PoseidonHash.Hash(zeros[height - 1], zeros[height - 1]);
        }

        return zeros;
    }
}
