using System.Text.Json;

namespace PoA.Nostr.Tests.Support;

/// <summary>Published vectors in tests/vectors, read as they were published.</summary>
static class Vectors
{
    public static JsonElement Read(string file)
    {
        var path = Path.Combine(Repository.Root, "tests", "vectors", file);
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement vector, string name) => vector.GetProperty(name).GetString()!;
}
