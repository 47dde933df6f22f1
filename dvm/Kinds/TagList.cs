using System.Text;
using System.Text.Json;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// The answer of discovery and search: a JSON array of tags, with the outer brackets that clients parse and the
/// example of kind 5300 leaves out.
/// </summary>
static class TagList
{
    /// <summary>By id, articles too: a client that reads every value as an id would drop the whole answer.</summary>
    public static string[] Of(NostrEvent e) => ["e", e.Id];

    public static string Write(IEnumerable<string[]> tags) =>
        Encoding.UTF8.GetString(EventJson.WriteTags([.. tags]));

    /// <summary>Null when the text is anything but an array of tags of two or more strings.</summary>
    public static string[][]? Read(string content)
    {
        try
        {
            var tags = JsonSerializer.Deserialize<string[][]>(content);
            return tags is not null && tags.All(tag => tag is [not null, not null, ..]) ? tags : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
