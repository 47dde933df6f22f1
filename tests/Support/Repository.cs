namespace PoA.Nostr.Tests.Support;

/// <summary>The checkout that this build came from.</summary>
static class Repository
{
    /// <summary>Build output and data, which are nobody's source.</summary>
    static readonly string[] NotSource = ["artifacts", "data", "node_modules", ".git", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths of the sources, relative to the root.</summary>
    public static Lazy<IReadOnlyList<string>> Sources { get; } = new(() => [.. FilesIn(Root)]);

    static IEnumerable<string> FilesIn(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (NotSource.Contains(Path.GetFileName(entry))) continue;
            if (File.Exists(entry)) yield return Path.GetRelativePath(Root, entry);
            else foreach (var file in FilesIn(entry)) yield return file;
        }
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PoA.Nostr.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No PoA.Nostr.sln above.");
        }

        return folder;
    }
}
