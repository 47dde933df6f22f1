using System.Data.Common;
using System.Runtime.CompilerServices;

namespace PoA.Nostr.Database;

/// <summary>
/// What should happen at once when a transaction is durable, and never when it is not: wake-ups and hand-overs in
/// memory. It may be lost in a crash, so whoever is woken must also look by itself now and then.
/// </summary>
public static class AfterCommit
{
    static readonly ConditionalWeakTable<DbTransaction, List<Action>> Waiting = [];

    /// <summary>
    /// Runs the action, which must be quick and not throw, after <c>InTransactionAsync</c> committed. In a
    /// transaction that was begun in another way it never runs.
    /// </summary>
    public static void OnCommitted(this DbTransaction tx, Action action) => Waiting.GetOrCreateValue(tx).Add(action);

    /// <summary>The driver uses its transaction objects again, so each begins with an empty list.</summary>
    internal static void Begin(DbTransaction tx) => Waiting.Remove(tx);

    internal static void Committed(DbTransaction tx)
    {
        if (!Waiting.TryGetValue(tx, out var actions)) return;

        Waiting.Remove(tx);
        foreach (var action in actions) action();
    }
}
