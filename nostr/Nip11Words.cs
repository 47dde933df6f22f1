using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr;

/// <summary>What a relay says about itself (NIP-11). Null is what it does not say.</summary>
public sealed record RelayInformation
{
    public string? Name { get; init; }
    public string? Description { get; init; }

    /// <summary>The administrator's key.</summary>
    public string? Pubkey { get; init; }

    /// <summary>The relay's own key.</summary>
    public string? Self { get; init; }

    public string? Contact { get; init; }
    public string? Software { get; init; }
    public string? Version { get; init; }
    public IReadOnlyList<int> SupportedNips { get; init; } = [];
    public RelayLimitation Limitation { get; init; } = new();
}

/// <summary>The limits of a relay, in the words of NIP-11; the last two are seconds from its present.</summary>
public sealed record RelayLimitation
{
    /// <summary>In bytes, from bracket to bracket.</summary>
    public long? MaxMessageLength { get; init; }

    /// <summary>In bytes. Not of the NIP, and widespread.</summary>
    public long? MaxEventLength { get; init; }

    public long? MaxSubscriptions { get; init; }
    public long? MaxFilters { get; init; }

    /// <summary>The most events under one filter.</summary>
    public long? MaxLimit { get; init; }

    public long? DefaultLimit { get; init; }

    /// <summary>In characters.</summary>
    public long? MaxSubidLength { get; init; }

    public long? MaxEventTags { get; init; }

    /// <summary>In Unicode characters.</summary>
    public long? MaxContentLength { get; init; }

    public long? MinPowDifficulty { get; init; }
    public bool? AuthRequired { get; init; }
    public bool? PaymentRequired { get; init; }
    public bool? RestrictedWrites { get; init; }
    public long? CreatedAtLowerLimit { get; init; }
    public long? CreatedAtUpperLimit { get; init; }
}

/// <summary>
/// The information document of relays (NIP-11). Foreign documents are taken as they come: a member of a wrong type
/// counts as missing, and so do limits of zero, with which some relays say that they have none.
/// </summary>
public static class Nip11Words
{
    public const string MediaType = "application/nostr+json";
    const int DocumentBytesMax = 64 * 1024;

    public static byte[] Write(RelayInformation information) =>
        JsonSerializer.SerializeToUtf8Bytes(information, RelayInformationJson.Default.RelayInformation);

    /// <summary>Null for what is no JSON object, or no Unicode.</summary>
    public static RelayInformation? TryRead(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Read(json.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is a text that is no Unicode.
            return null;
        }
    }

    /// <summary>Asks the relay. Null from one that does not answer properly and in time.</summary>
    internal static async Task<RelayInformation?> FetchAsync(
        string relay, HttpMessageInvoker dial, TimeSpan timeout, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            using var late = new CancellationTokenSource(timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            using var request = new HttpRequestMessage(HttpMethod.Get, "http" + relay[2..]);
            request.Headers.Accept.Add(new(MediaType));
            using var response = await dial.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode) return null;

            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[DocumentBytesMax];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            return TryRead(buffer.AsMemory(0, length));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException
            or ProblemException)
        {
            return null;
        }
    }

    static RelayInformation Read(JsonElement root)
    {
        var limits = root.TryGetProperty("limitation", out var given) && given.ValueKind == JsonValueKind.Object
            ? ReadLimits(given)
            : new();
        return new()
        {
            Name = Text(root, "name"),
            Description = Text(root, "description"),
            Pubkey = Text(root, "pubkey"),
            Self = Text(root, "self"),
            Contact = Text(root, "contact"),
            Software = Text(root, "software"),
            Version = Text(root, "version"),
            SupportedNips = NipsOf(root),
            Limitation = limits,
        };
    }

    static RelayLimitation ReadLimits(JsonElement limits) => new()
    {
        MaxMessageLength = Positive(limits, "max_message_length"),
        MaxEventLength = Positive(limits, "max_event_length"),
        MaxSubscriptions = Positive(limits, "max_subscriptions"),
        MaxFilters = Positive(limits, "max_filters"),
        MaxLimit = Positive(limits, "max_limit"),
        DefaultLimit = Positive(limits, "default_limit"),
        MaxSubidLength = Positive(limits, "max_subid_length"),
        MaxEventTags = Positive(limits, "max_event_tags"),
        MaxContentLength = Positive(limits, "max_content_length"),
        MinPowDifficulty = Positive(limits, "min_pow_difficulty"),
        AuthRequired = Flag(limits, "auth_required"),
        PaymentRequired = Flag(limits, "payment_required"),
        RestrictedWrites = Flag(limits, "restricted_writes"),
        CreatedAtLowerLimit = Positive(limits, "created_at_lower_limit"),
        CreatedAtUpperLimit = Positive(limits, "created_at_upper_limit"),
    };

    static int[] NipsOf(JsonElement root) =>
        root.TryGetProperty("supported_nips", out var nips) && nips.ValueKind == JsonValueKind.Array
            ?
            [
                .. from nip in nips.EnumerateArray()
                   where nip.ValueKind == JsonValueKind.Number && nip.TryGetInt32(out _)
                   select nip.GetInt32(),
            ]
            : [];

    static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    static bool? Flag(JsonElement value, string name) =>
        value.TryGetProperty(name, out var flag) && flag.ValueKind is (JsonValueKind.True or JsonValueKind.False)
            ? flag.GetBoolean()
            : null;

    static long? Positive(JsonElement value, string name) =>
        value.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt64(out var said) && said > 0
                ? said
                : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RelayInformation))]
sealed partial class RelayInformationJson : JsonSerializerContext;
