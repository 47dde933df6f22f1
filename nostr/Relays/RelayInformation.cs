using System.Text.Json;

namespace PoA.Nostr.Relays;

/// <summary>What a relay says about its limits (NIP-11). Zero and null mean that it does not say.</summary>
/// <param name="MessageBytesMax">The longest message that it reads.</param>
/// <param name="LimitMax">The most events that it returns under one filter.</param>
/// <param name="SupportsNegentropy">NIP-77 is in its list.</param>
public sealed record RelayInformation(int? MessageBytesMax, int? LimitMax, bool SupportsNegentropy)
{
    public static RelayInformation Unknown { get; } = new(null, null, false);

    const int DocumentBytesMax = 64 * 1024;

    /// <summary>Asks the relay. A relay that does not answer properly is as good as silent.</summary>
    internal static async Task<RelayInformation> FetchAsync(
        string relay, HttpMessageInvoker dial, TimeSpan timeout, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            using var late = new CancellationTokenSource(timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            using var request = new HttpRequestMessage(HttpMethod.Get, "http" + relay[2..]);
            request.Headers.Accept.Add(new("application/nostr+json"));
            using var response = await dial.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode) return Unknown;

            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[DocumentBytesMax];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            return Parse(buffer.AsMemory(0, length));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException
            or ProblemException)
        {
            return Unknown;
        }
    }

    internal static RelayInformation Parse(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Unknown;
            var negentropy = root.TryGetProperty("supported_nips", out var nips)
                && nips.ValueKind == JsonValueKind.Array
                && nips.EnumerateArray().Any(nip => nip is { ValueKind: JsonValueKind.Number }
                    && nip.TryGetInt32(out var number) && number == 77);
            return root.TryGetProperty("limitation", out var limits) && limits.ValueKind == JsonValueKind.Object
                ? new(Positive(limits, "max_message_length"), Positive(limits, "max_limit"), negentropy)
                : new(null, null, negentropy);
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }

    static int? Positive(JsonElement limits, string name) =>
        limits.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var number) && number > 0
                ? number
                : null;
}
