using System.Collections.Concurrent;

namespace PoA.Nostr.Zk.Curves.Msm;

/// <summary>Work cut into blocks that may run at the same time.</summary>
interface IBlockWork
{
    int BlockCount { get; }

    void RunBlock(int block);
}

/// <summary>Blocks that wait for a core, the first first.</summary>
sealed class BlockQueue
{
    readonly ConcurrentQueue<(IBlockWork Work, int Block)> _blocks = new();

    public void Add(IBlockWork work)
    {
        // Counted before the first is taken: a work that has ended may belong to somebody else.
        var count = work.BlockCount;
        for (var block = 0; block < count; block++)
        {
            _blocks.Enqueue((work, block));
        }
    }

    /// <summary>Runs one after another until none waits; others may still be running theirs.</summary>
    public void Run()
    {
        while (_blocks.TryDequeue(out var next))
        {
            next.Work.RunBlock(next.Block);
        }
    }
}
