using System.Runtime.CompilerServices;
using PoA.Nostr.Devnet.World;

namespace PoA.Nostr.Tests.Simulation;

/// <summary>
/// One thread and a virtual clock: everything that happens, happens in an order that the seed decides. A process that
/// died never comes back from the pause that it was in.
/// </summary>
sealed class Scheduler(string seed)
{
    readonly PriorityQueue<(Life Life, Action Then), (DateTimeOffset At, int Tie)> _turns = new();
    Exception? _failure;

    public Seeded Dice { get; } = new(seed);

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int Turns { get; private set; }

    /// <summary>Lives for ever: other people's machines.</summary>
    public Life World { get; } = new();

    public void Later(TimeSpan wait, Life life, Action then) =>
        _turns.Enqueue((life, then), (Now + wait, Dice.Below(int.MaxValue)));

    /// <summary>To be awaited: up to so long, as the dice say.</summary>
    public Pause Upto(TimeSpan most, Life life) => new(this, most * Dice.Unit(), life);

    public async void Start(Func<Task> process)
    {
        try
        {
            await process();
        }
        catch (Exception e)
        {
            _failure ??= e;
        }
    }

    /// <summary>Goes on until nothing is left to happen before that moment.</summary>
    public void RunUntil(DateTimeOffset end, Action afterEach)
    {
        while (_turns.TryPeek(out _, out var first) && first.At <= end)
        {
            var (life, then) = _turns.Dequeue();
            Now = first.At;
            if (life.IsOver) continue;

            Turns++;
            then();
            if (_failure is not null) throw new InvalidOperationException(_failure.Message, _failure);
            afterEach();
        }

        Now = end;
    }

    public readonly struct Pause(Scheduler scheduler, TimeSpan wait, Life life) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public Pause GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => scheduler.Later(wait, life, continuation);
    }
}

/// <summary>Of one process, from its start to its crash.</summary>
sealed class Life
{
    public bool IsOver { get; private set; }

    public void End() => IsOver = true;
}
