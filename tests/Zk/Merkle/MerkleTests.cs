using PoA.Nostr.Zk.Merkle;

namespace PoA.Nostr.Tests.Zk.Merkle;

public class MerkleTests
{
    [Fact]
    public void Empty_subtrees_and_the_first_roots_equal_circomlib()
    {
        var vectors = ZkVectors.Load("merkle_poseidon2.json");
        var zeros = vectors.GetProperty("zeros").Numbers();
        Assert.Equal(zeros, zeros.Select((_, height) => MerkleTree.Zero(height)));
        Assert.Equal(33, zeros.Length);

        var roots = vectors.GetProperty("rootsAfterAppend").Numbers();
        var leaves = vectors.GetProperty("leaves").Numbers();
        var frontier = new Frontier();
        Assert.Equal(roots[0], frontier.Root());
        for (var i = 0; i < leaves.Length; i++)
        {
            frontier.Append([leaves[i]]);
            Assert.Equal(roots[i + 1], frontier.Root());
        }
    }

    [Fact]
    public void Batches_of_any_size_give_the_frontier_of_single_appends()
    {
        var lottery = new Lottery(1);
        Fr[] leaves = [.. Enumerable.Range(1, 300).Select(i => Fr.FromUInt64((ulong)i))];
        var single = new Frontier();
        var batched = new Frontier();
        var at = 0;
        while (at < leaves.Length)
        {
            var batch = leaves[at..Math.Min(leaves.Length, at + 1 + lottery.Below(40))];
            batched.Append(batch);
            foreach (var leaf in batch)
            {
                single.Append([leaf]);
            }

            at += batch.Length;
            Assert.Equal(single.ToBytes(), batched.ToBytes());
        }

        Assert.Equal(1_032, Frontier.Size);
        Assert.Equal(single.Root(), batched.Root());
    }

    [Fact]
    public void A_frontier_survives_its_bytes_and_other_bytes_are_refused()
    {
        var frontier = new Frontier();
        frontier.Append([Fr.One, Fr.Two, Fr.One]);
        var bytes = frontier.ToBytes();
        Assert.True(Frontier.TryRead(bytes, out var read));
        Assert.Equal((frontier.Count, frontier.Root()), (read.Count, read.Root()));

        Assert.False(Frontier.TryRead(bytes.AsSpan(1), out _));
        foreach (var at in new[] { 0, 4, 8 + 31, 8 + 64, 8 + 65 })
        {
            var changed = bytes.ToArray();
            changed[at] ^= 0xff;
            Assert.False(Frontier.TryRead(changed, out _), $"byte {at}");
        }

        Assert.Throws<ArgumentException>(() => frontier.Append([Fr.Zero]));
        Assert.Equal(3ul, frontier.Count);
    }

    [Fact]
    public void Every_leaf_is_proved_from_tiles_at_every_size_and_from_no_other_tiles()
    {
        var world = new World(520);
        foreach (var size in new ulong[] { 1, 2, 3, 255, 256, 257, 511, 512, 513, 520 })
        {
            ulong[] indices = [0, 1, 127, 254, 255, 256, 300, 510, 511, 512, 519];
            foreach (var index in indices.Where(i => i < size))
            {
                var allowed = Tile.OfPath(index, size);
                Assert.InRange(allowed.Count, 1, 8);
                var tree = new TiledTree(size, tile =>
                {
                    Assert.Contains(tile, allowed);
                    return world.Read(tile);
                });
                var path = tree.Path(index);
                var leaf = world.Leaves[index];

                Assert.True(MerkleTree.Includes(world.Roots[size], leaf, index, path), $"{index} of {size}");
                Assert.False(MerkleTree.Includes(world.Roots[size - 1], leaf, index, path));
                Assert.False(MerkleTree.Includes(world.Roots[size], leaf + Fr.One, index, path));
                Assert.False(MerkleTree.Includes(world.Roots[size], leaf, index ^ 1, path));
                Assert.False(MerkleTree.Includes(world.Roots[size], leaf, index + (1ul << 32), path));
                Assert.False(MerkleTree.Includes(world.Roots[size], leaf, index, path.AsSpan(..31)));
            }
        }
    }

    [Fact]
    public void An_empty_place_is_in_no_tree()
    {
        var world = new World(3);
        var path = new TiledTree(3, world.Read).Path(3);
        Assert.Equal(world.Roots[3], MerkleTree.RootOf(Fr.Zero, 3, path));
        Assert.False(MerkleTree.Includes(world.Roots[3], Fr.Zero, 3, path));
    }

    [Fact]
    public void Any_two_sizes_are_consistent_and_a_rewritten_past_is_not()
    {
        var world = new World(520);
        var other = new World(520, changed: 40);
        foreach (var (older, newer) in new (ulong, ulong)[]
            { (0, 1), (0, 520), (1, 2), (3, 3), (41, 520), (64, 65), (255, 256), (256, 257), (511, 520), (520, 520) })
        {
            var proof = new TiledTree(newer, world.Read).Consistency(older);
            Assert.True(proof.Verify(older, world.Roots[older], newer, world.Roots[newer]), $"{older} → {newer}");
            Assert.False(proof.Verify(older, world.Roots[older], newer, world.Roots[newer] + Fr.One));
            Assert.False(proof.Verify(older + 1, world.Roots[older], newer, world.Roots[newer]));
            if (older > 40)
            {
                Assert.False(proof.Verify(older, other.Roots[older], newer, world.Roots[newer]));
                Assert.False(proof.Verify(older, other.Roots[older], newer, other.Roots[newer]));
            }

            // A tree that is larger than it says has leaves where the proof must show empty places.
            var conceals = older < 256 && newer > 256;
            Assert.False(conceals && proof.Verify(older, world.Roots[older], 256, world.Roots[newer]));

            Fr[] changed = [.. proof.Siblings];
            changed[5] += Fr.One;
            var forged = proof with { Siblings = changed };
            Assert.False(forged.Verify(older, world.Roots[older], newer, world.Roots[newer]));
        }
    }

    [Theory]
    [InlineData(0, 0ul, 256, "tile/0/000")]
    [InlineData(0, 1_234_067ul, 256, "tile/0/x001/x234/067")]
    [InlineData(2, 5ul, 7, "tile/2/005.p/7")]
    public void Tiles_are_served_where_tlog_tiles_says(int level, ulong index, int width, string path) =>
        Assert.Equal(path, new Tile(level, index, width).Path);

    /// <summary>A tree with all its roots and tiles, as a store would hold it.</summary>
    sealed class World
    {
        readonly Dictionary<(int Level, ulong Index), List<Fr>> _tiles = [];

        public World(int leaves, int changed = -1)
        {
            Leaves = [.. Enumerable.Range(0, leaves).Select(i => Fr.FromUInt64(i == changed ? 9_999ul : (ulong)i + 1))];
            var frontier = new Frontier();
            Roots.Add(frontier.Root());
            foreach (var leaf in Leaves)
            {
                frontier.Append([leaf], Store);
                Roots.Add(frontier.Root());
            }
        }

        public Fr[] Leaves { get; }

        public Roots Roots { get; } = [];

        public ReadOnlyMemory<Fr> Read(Tile tile) => _tiles[(tile.Level, tile.Index)].ToArray().AsMemory(..tile.Width);

        void Store(int height, ulong index, Fr node)
        {
            if (height % Tile.Height != 0) return;

            var key = (height / Tile.Height, index >> Tile.Height);
            if (!_tiles.TryGetValue(key, out var nodes)) _tiles.Add(key, nodes = []);
            nodes.Add(node);
        }
    }

    sealed class Roots : List<Fr>
    {
        public Fr this[ulong size] => base[(int)size];
    }
}
