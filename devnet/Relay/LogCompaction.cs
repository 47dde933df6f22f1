namespace PoA.Nostr.Devnet.Relay;

/// <summary>Rewrites a log, at start, without what was replaced, deleted or has expired.</summary>
static class LogCompaction
{
    /// <summary>Whether more than a third of a log of some size is dead.</summary>
    public static bool IsDue(EventLog log, EventIndex index, uint now, long bytesMin) =>
        log.End > bytesMin && (log.End - LiveBytes(index, now)) * 3 > log.End;

    /// <summary>The old file is whole until the new one is, and takes its place in one step.</summary>
    public static void Run(EventLog log, EventIndex index, uint now)
    {
        var path = log.Path + ".new";
        File.Delete(path);
        using (var fresh = new EventLog(path, log.End))
        {
            var grouped = 0;
            foreach (var row in index.Rows)
            {
                if (IsDead(index, row, now)) continue;
                fresh.Append(log.Read(index.Table[row].At));
                if (++grouped % 4_096 == 0) fresh.Commit();
            }

            fresh.Commit();
        }

        File.Move(path, log.Path, overwrite: true);
        FolderFlush.Run(Path.GetDirectoryName(Path.GetFullPath(log.Path))!);
    }

    static long LiveBytes(EventIndex index, uint now) =>
        index.LiveBytes + (8L * index.Count)
        - index.Rows.Where(row => IsDead(index, row, now)).Sum(row => index.Table[row].At.Length + 8L);

    static bool IsDead(EventIndex index, int row, uint now) =>
        index.Table[row].Expires is not 0 and var at && at <= now;
}
