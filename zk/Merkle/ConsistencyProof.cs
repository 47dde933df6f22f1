namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// Shows that a tree was only appended to. Everything before the older size hangs on the left siblings of the path
/// of the place that was next then: with empty subtrees on the right they give the older root, with the proof's
/// nodes the newer.
/// </summary>
/// <param name="Next">The leaf at the older size; 0 while there is none.</param>
/// <param name="Siblings">Its path in the newer tree, lowest first.</param>
public sealed record ConsistencyProof(Fr Next, IReadOnlyList<Fr> Siblings)
{
    public bool Verify(ulong olderSize, in Fr olderRoot, ulong newerSize, in Fr newerRoot)
    {
        if (olderSize > newerSize || newerSize > MerkleTree.LeavesMax) return false;
        if (Siblings.Count != MerkleTree.Depth || Next.IsZero != (olderSize == newerSize)) return false;

        var older = new Fr[MerkleTree.Depth];
        for (var height = 0; height < older.Length; height++)
        {
            var isLeft = ((olderSize >> height) & 1) == 1;
            older[height] = isLeft ? Siblings[height] : MerkleTree.Zero(height);
            var first = ((olderSize >> height) + 1) << height;
            if (!isLeft && first >= newerSize && Siblings[height] != MerkleTree.Zero(height)) return false;
        }

        return MerkleTree.RootOf(Fr.Zero, olderSize, older) == olderRoot
            && MerkleTree.RootOf(Next, olderSize, [.. Siblings]) == newerRoot;
    }
}
