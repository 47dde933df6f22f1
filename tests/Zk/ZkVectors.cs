using System.Text.Json;

namespace PoA.Nostr.Tests.Zk;

/// <summary>Published vectors under tests/vectors/zk; ORIGIN.md there says where each is from.</summary>
static class ZkVectors
{
    public static JsonElement Load(string file) => JsonDocument.Parse(File.ReadAllBytes(PathOf(file))).RootElement;

    public static IEnumerable<JsonElement> Cases(string file) => Load(file).GetProperty("cases").EnumerateArray();

    public static Fr Number(this JsonElement text) => Fr.Parse(text.GetString()!);

    public static Fr[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(Number)];

    public static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PoA.Nostr.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "tests", "vectors", "zk", file);
    }
}
