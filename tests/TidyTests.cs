using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PoA.Nostr.Tests;

/// <summary>The house rules that no compiler checks. Each failure names the place and says what to do.</summary>
public partial class TidyTests
{
    static readonly string Root = Support.Repository.Root;

    /// <summary>A project may use only floors below its own: no cycles, and no feature sees another.</summary>
    static readonly string[][] Floors =
    [
        ["Nostr", "Database", "Zk"],
        ["Ledger", "Sandbox"],
        ["Payments"],
        ["Market"],
        ["RelayWorkers", "Dvm", "Blossom", "BlossomS3", "Nsite", "Api", "Devnet"],
        ["Server"],
        ["Cli"],
        ["Tests", "Bench"],
    ];

    /// <summary>Clients stand outside: they see the protocol and the mathematics, never the service.</summary>
    static readonly string[] SeenByClients = ["Nostr", "Zk"];

    static readonly string[] RootEntries =
    [
        ".ci", ".editorconfig", ".github", ".gitignore", "ARCHITECTURE.md", "BannedSymbols.txt", "CHANGELOG.md",
        "CONTRIBUTING.md", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "PoA.Nostr.sln",
        "README.md", "api", "bench", "blossom", "blossom-s3", "clients", "database", "deploy", "devnet", "docs", "dvm",
        "global.json", "ledger", "market", "nostr", "nsite", "payments", "poa", "relay-workers", "relays.json",
        "sandbox", "server", "tests", "zk",
    ];

    [Fact]
    public void Projects_stand_only_on_the_floors_below_them() => Nothing(
        from project in Files("*.csproj")
        let name = Path.GetFileNameWithoutExtension(project)
        from reference in XDocument.Load(project).Descendants("ProjectReference")
        let used = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)
        where FloorOf(used) >= FloorOf(name) || FloorOf(used) < 0
            || (name == "Cli" && !SeenByClients.Contains(used))
        select $"{name} (floor {FloorOf(name)}) may not use {used} (floor {FloorOf(used)}).");

    [Fact]
    public void Sql_names_only_the_schema_of_its_own_folder() => Nothing(
        from file in Files("*.cs").Concat(Files("*.sql"))
        where !IsIn(file, "tests") && !IsIn(file, "bench")
        let own = Path.GetRelativePath(Root, file).Split('/')[0].Replace('-', '_')
        let text = File.ReadAllText(file)
        from sql in file.EndsWith(".sql", StringComparison.Ordinal)
            ? [text]
            : Literals().Matches(text).Select(match => match.Value)
        from Match named in SchemaName().Matches(sql)
        let schema = named.Groups[1].Value
        where schema != own && !(schema == "public" && own == "database")
        where schema != "information_schema" && !schema.StartsWith("pg_", StringComparison.Ordinal)
        select $"{file} reaches into schema {schema}: call that feature instead.");

    [Fact]
    public void Files_are_short_and_hide_nothing() => Nothing(
        Files("*.cs").Concat(Files("*.sql")).SelectMany(file => File.ReadLines(file).Index().SelectMany(line => new[]
        {
            line.Index == 400 ? $"{file} has more than 400 lines: split it along a noun." : null,
            line.Item.Length > 120 ? $"{file}:{line.Index + 1} is {line.Item.Length} columns wide, over 120." : null,
            Forbidden().IsMatch(line.Item) ? $"{file}:{line.Index + 1} must not be merged: {line.Item.Trim()}" : null,
        })).OfType<string>());

    [Fact]
    public void Every_problem_has_a_code_of_its_own_in_its_own_feature()
    {
        var problems = Assemblies()
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Problems", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(AnyStatic), (type, field) => (type.Name, Value: field.GetValue(null)))
            .Where(declared => declared.Value is Problem)
            .Select(declared => (declared.Name, Problem: (Problem)declared.Value!))
            .ToList();

        Assert.NotEmpty(problems);
        Nothing(problems.GroupBy(declared => declared.Problem.Code).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key} is declared {same.Count()} times."));
        Nothing(
            from declared in problems
            let feature = declared.Name[..^"Problems".Length]
            where !declared.Problem.Code.Replace("-", "", StringComparison.Ordinal)
                .StartsWith($"{feature}/", StringComparison.OrdinalIgnoreCase)
            select $"{declared.Name} declares {declared.Problem.Code}, which is not of its feature.");
    }

    /// <summary>A simulator that shares a codec with its client agrees with its faults too.</summary>
    [Fact]
    public void The_devnet_knows_nothing_of_the_payments_that_it_is_the_other_side_of() => Nothing(
        from file in Files("*.cs")
        where IsIn(file, "devnet") && File.ReadAllText(file).Contains("PoA.Nostr.Payments", StringComparison.Ordinal)
        select $"{file} uses payments/: the devnet has codecs of its own.");

    [Fact]
    public void The_map_in_the_readme_shows_the_folders_that_are_there()
    {
        var map = MapRow().Matches(File.ReadAllText(Path.Combine(Root, "README.md")))
            .SelectMany(row => row.Groups[1].Value.Split('`', StringSplitOptions.RemoveEmptyEntries))
            .Select(name => name.Trim(' ', '/')).Where(name => name.Length > 0);
        var folders = Projects().Append("docs");

        Assert.Equal(folders.Order(StringComparer.Ordinal), map.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_nip_has_a_row_in_the_readme_and_a_test()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        Nothing(
            from file in Files("Nip*.cs")
            where IsIn(file, "nostr")
            let nip = NipFile().Match(Path.GetFileName(file)).Groups[1].Value
            where nip.Length > 0
            from missing in new[]
            {
                readme.Contains($"| {nip} |", StringComparison.Ordinal) ? null : "a row in README.md",
                Directory.GetFiles(Path.Combine(Root, "tests"), $"Nip{nip}*Tests.cs", SearchOption.AllDirectories)
                    is []
                    ? "a test"
                    : null,
            }
            where missing is not null
            select $"NIP-{nip} has {Path.GetFileName(file)} and lacks {missing}.");
    }

    [Fact]
    public void Each_schema_number_is_used_once_in_its_project()
    {
        Nothing(
            from file in Files("*.sql")
            where !SchemaFile().IsMatch(file)
            select $"{file} is not named Schema/NNNN_what.sql.");
        Nothing(
            from file in Files("*.sql")
            group file by (Path.GetRelativePath(Root, file).Split('/')[0], Path.GetFileName(file)[..4]) into same
            where same.Count() > 1
            select $"{string.Join(" and ", same)} have one number: take the next.");
    }

    [Fact]
    public void The_root_holds_what_belongs_there() => Nothing(
        from entry in Sources().Select(file => file.Split('/')[0]).Distinct()
        where !RootEntries.Contains(entry)
        select $"{entry} is new in the root: move it, or add it to the list here and to ARCHITECTURE.md.");

    [Fact]
    public void Each_option_has_a_reader()
    {
        var sources = Files("*.cs").Where(file => !IsIn(file, "tests")).ToDictionary(file => file, File.ReadAllText);
        Nothing(
            from file in sources.Keys
            where file.EndsWith("Options.cs", StringComparison.Ordinal)
            from Match option in OptionProperty().Matches(sources[file])
            let name = option.Groups[1].Value
            where !sources.Any(other => other.Key != file
                && Regex.IsMatch(other.Value, $@"\.{name}\b|\bnameof\({name}\)|\b{name}:"))
            select $"{file}: nobody reads {name}.");
    }

    [Fact]
    public void Lock_files_name_no_registry() => Nothing(
        from file in Sources()
        where file.EndsWith("package-lock.json", StringComparison.Ordinal)
            || file.EndsWith("packages.lock.json", StringComparison.Ordinal)
        where File.ReadAllText(Path.Combine(Root, file)).Contains("\"resolved\": \"http", StringComparison.Ordinal)
        select $"{file} names a registry: write it with omit-lockfile-registry-resolved.");

    const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    static void Nothing(IEnumerable<string> broken)
    {
        var all = broken.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    static int FloorOf(string project) => Array.FindIndex(Floors, floor => floor.Contains(project));

    static IEnumerable<Assembly> Assemblies() =>
        from project in Files("*.csproj")
        let name = Path.GetFileNameWithoutExtension(project)
        where name is not ("Tests" or "Bench")
        select Assembly.Load($"PoA.Nostr.{name}");

    static IEnumerable<string> Projects() => Files("*.csproj")
        .Select(file => Path.GetRelativePath(Root, file).Split('/')[0]).Distinct();

    static IEnumerable<string> Sources() => Support.Repository.Sources.Value;

    /// <summary>Full paths of the sources whose name matches; the pattern holds one asterisk.</summary>
    static IEnumerable<string> Files(string pattern) =>
        from file in Sources()
        let name = Path.GetFileName(file)
        where name.StartsWith(pattern.Split('*')[0], StringComparison.Ordinal)
            && name.EndsWith(pattern.Split('*')[1], StringComparison.Ordinal)
        select Path.Combine(Root, file);

    static bool IsIn(string file, string folder) =>
        file.StartsWith(Path.Combine(Root, folder) + '/', StringComparison.Ordinal);

    [GeneratedRegex("\"\"\".*?\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*\"", RegexOptions.Singleline)]
    private static partial Regex Literals();

    [GeneratedRegex(@"\b(?:from|into|update|join|table|references|schema|truncate)\s+(?:only\s+)?"
        + @"(?:if\s+(?:not\s+)?exists\s+)?([a-z_]+)\.[a-z_]+")]
    private static partial Regex SchemaName();

    [GeneratedRegex("#regio[n]|FIXM[E]|XX[X]:|NotImplementedExceptio[n]|Thread\\.Slee[p]")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^\| ((?:`[a-z0-9-]+/`[ ,]*)+) \|", RegexOptions.Multiline)]
    private static partial Regex MapRow();

    [GeneratedRegex(@"^Nip([0-9A-F]{2})")]
    private static partial Regex NipFile();

    [GeneratedRegex(@"/Schema/[0-9]{4}_[a-z0-9_]+\.sql$")]
    private static partial Regex SchemaFile();

    [GeneratedRegex(@"public [A-Za-z<>\[\]?,. ]+ (\w+) \{ get; (?:set|init); \}")]
    private static partial Regex OptionProperty();
}
