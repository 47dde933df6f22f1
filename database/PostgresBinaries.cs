namespace PoA.Nostr.Database;

/// <summary>Where this machine keeps PostgreSQL's programs.</summary>
public static class PostgresBinaries
{
    /// <summary>
    /// The folder with <c>postgres</c> and <c>initdb</c>: the newest of Debian's versions, else where PATH says.
    /// Null when there is none.
    /// </summary>
    public static string? Find() => Candidates().FirstOrDefault(IsComplete);

    static IEnumerable<string> Candidates()
    {
        const string Debian = "/usr/lib/postgresql";
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat(path.Split(':', StringSplitOptions.RemoveEmptyEntries));
    }

    static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));
}
