using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>A customer that nobody here wrote: nostr-tools or NDK, in a Node of its own, on one relay.</summary>
sealed class PeerCustomer : IAsyncDisposable
{
    readonly NodePeer _peer;

    PeerCustomer(NodePeer peer) => _peer = peer;

    public string Pubkey => _peer.Ready.Text("pubkey");

    public static async Task<PeerCustomer> StartAsync(string library, string relay, CancellationToken ct) =>
        new(await Node.StartAsync("customer.mjs", [library, relay], ct: ct));

    /// <summary>The request as the library signed it.</summary>
    public async Task<NostrEvent> SendAsync(JobOrder order, CancellationToken ct)
    {
        var send = new
        {
            order.Kind,
            order.Agent,
            order.Scheme,
            order.Inputs,
            order.Params,
        };
        return EventOf((await AskAsync(new { send }, ct)).GetProperty("request"));
    }

    /// <summary>
    /// All that the relay has in answer to a request, up to its last, the oldest first, as the library reads it.
    /// </summary>
    public async Task<IReadOnlyList<PeerAnswer>> AnswersAsync(string requestId, CancellationToken ct)
    {
        var read = await AskAsync(new { answers = requestId }, ct);
        return
        [
            .. read.GetProperty("answers").EnumerateArray().Select(PeerAnswer.Of)
                .OrderBy(answer => answer.Event.CreatedAt),
        ];
    }

    public async Task<IReadOnlyList<PeerAnswer>> DoAsync(JobOrder order, CancellationToken ct) =>
        await AnswersAsync((await SendAsync(order, ct)).Id, ct);

    /// <summary>Returns when there is a first answer.</summary>
    public Task StartedAsync(string requestId, CancellationToken ct) => AskAsync(new { started = requestId }, ct);

    public Task CancelAsync(NostrEvent request, CancellationToken ct) =>
        AskAsync(new { cancel = request.Id, request.Kind }, ct);

    /// <summary>
    /// What the relay has, once there is so much of it: <c>{event, verified, profile, relays}</c> each.
    /// </summary>
    public async Task<IReadOnlyList<JsonElement>> FindAsync(object filter, int count, CancellationToken ct) =>
        [.. (await AskAsync(new { until = filter, count }, ct)).GetProperty("events").EnumerateArray()];

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    async Task<JsonElement> AskAsync(object line, CancellationToken ct)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(TimeSpan.FromMinutes(3));
        await _peer.WriteAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web), timed.Token);
        return await _peer.ReadAsync(timed.Token);
    }

    internal static NostrEvent EventOf(JsonElement json) =>
        EventJson.TryParse(System.Text.Encoding.UTF8.GetBytes(json.GetRawText()), out var problem)
            ?? throw new ProblemException(problem!);
}

/// <param name="Kind">Of the request.</param>
/// <param name="Agent">Public key of the agent that is to answer.</param>
/// <param name="Scheme">"nip04", "nip44", or null for an open request.</param>
/// <param name="Inputs">Each as in an <c>i</c> tag, without its name.</param>
/// <param name="Params">Each as in a <c>param</c> tag, without its name.</param>
sealed record JobOrder(int Kind, string Agent, string? Scheme, string[][] Inputs, string[][] Params);

/// <summary>An answer as a library reads it.</summary>
/// <param name="Event">As it came.</param>
/// <param name="Tags">With those that were encrypted.</param>
/// <param name="Text">The content, decrypted.</param>
/// <param name="Verified">Its signature holds, and that of the request in it.</param>
/// <param name="Status">The word of its status tag.</param>
/// <param name="Job">The request that the library takes it to answer.</param>
sealed record PeerAnswer(
    NostrEvent Event, string[][] Tags, string Text, bool Verified, string Status, string Job)
{
    public static PeerAnswer Of(JsonElement json) => new(
        PeerCustomer.EventOf(json.GetProperty("event")), json.GetProperty("tags").Deserialize<string[][]>()!,
        json.Text("text"), json.GetProperty("verified").GetBoolean(), json.Text("status"), json.Text("job"));

    public string? Tag(string name) => Tags.FirstOrDefault(tag => tag[0] == name)?.ElementAtOrDefault(1);
}
