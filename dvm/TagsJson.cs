using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Dvm;

/// <summary>Arrays of tags as JSON: the plaintext of encrypted requests and answers.</summary>
[JsonSerializable(typeof(string[][]))]
sealed partial class TagsJson : JsonSerializerContext
{
    /// <summary>Without escapes that JSON does not ask for.</summary>
    static readonly TagsJson Plain = new(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(string[][] tags) => JsonSerializer.Serialize(tags, Plain.StringArrayArray);
}
