using System.Text.Json;

namespace PoA.Nostr.Server;

/// <summary>
/// The relays of <c>relays.json</c>, as the status shows them. An empty list means the devnet's relay.
/// </summary>
static class RelayList
{
    /// <summary>Where <c>relays.json</c> is: beside the launcher, which says where that is.</summary>
    public static string File => Path.Combine(Home, "relays.json");

    static string Home => Environment.GetEnvironmentVariable("POA_HOME") ?? Directory.GetCurrentDirectory();

    public static IReadOnlyList<string> Read(string? devnetRelay)
    {
        var listed = System.IO.File.Exists(File) ? Urls(System.IO.File.ReadAllText(File)) : [];
        return listed.Count == 0 && devnetRelay is not null ? [devnetRelay] : listed;
    }

    static List<string> Urls(string json)
    {
        using var document = JsonDocument.Parse(json);
        var relays = document.RootElement.GetProperty("relays").EnumerateArray();
        return [.. relays.Select(relay => relay.GetProperty("url").GetString()!)];
    }
}
