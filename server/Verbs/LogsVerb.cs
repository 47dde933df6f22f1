using System.CommandLine;

namespace PoA.Nostr.Server.Verbs;

/// <summary><c>./poa logs [NAME]</c>: the end of each log, and with --follow what comes.</summary>
static class LogsVerb
{
    static readonly Argument<string?> Name = new("name")
    {
        Description = "server, devnet or postgres; all without it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on printing what comes." };

    static readonly Option<int> Lines =
        new("--lines", "-n") { Description = "How many lines of each.", DefaultValueFactory = _ => 40 };

    public static Command Create()
    {
        var verb = new Command("logs", "Print the logs.") { Name, Verb.Data, Follow, Lines };
        verb.SetAction(async (parsed, ct) =>
        {
            var files = Directory.GetFiles(Verb.Existing(parsed).Log, $"{parsed.GetValue(Name) ?? "*"}.log");
            var ends = files.Order().ToDictionary(file => file, file => PrintEnd(file, parsed.GetValue(Lines)));
            if (parsed.GetValue(Follow)) await FollowAsync(ends, ct);
            return files.Length > 0 ? 0 : 1;
        });
        return verb;
    }

    static long PrintEnd(string file, int lines)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var line in File.ReadLines(file).TakeLast(lines)) Console.WriteLine($"{name} | {line}");
        return new FileInfo(file).Length;
    }

    static async Task FollowAsync(Dictionary<string, long> ends, CancellationToken ct)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await tick.WaitForNextTickAsync(ct))
        {
            foreach (var (file, end) in ends.ToArray())
            {
                if (new FileInfo(file).Length <= end) continue;

                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                stream.Position = end;
                using var reader = new StreamReader(stream);
                var text = await reader.ReadToEndAsync(ct);
                foreach (var line in text.TrimEnd('\n').Split('\n'))
                {
                    Console.WriteLine($"{Path.GetFileNameWithoutExtension(file)} | {line}");
                }

                ends[file] = stream.Position;
            }
        }
    }
}
