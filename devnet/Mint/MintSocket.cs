using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>One wallet's subscriptions over a WebSocket (NUT-17): the state now, then each change of it.</summary>
sealed class MintSocket
{
    const int MessageBytesMax = 256 * 1024;
    const int SubscriptionsMax = 100;
    const int FiltersMax = 1_000;
    readonly Channel<JsonObject> _outgoing = Channel.CreateBounded<JsonObject>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });

    readonly Dictionary<string, (string Kind, HashSet<string> Filters)> _subscriptions = [];
    readonly CashuMint _mint;
    readonly MintForms _forms;

    MintSocket(CashuMint mint, MintForms forms) => (_mint, _forms) = (mint, forms);

    public static async Task ServeAsync(HttpContext context, CashuMint mint, MintForms forms)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var session = new MintSocket(mint, forms);
        lock (mint.Books.Gate) mint.Books.Changed += session.OnChange;
        var writing = session.WriteAsync(socket, ending.Token);
        try
        {
            await session.ReadAsync(socket, ending.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The wallet went away.
        }
        finally
        {
            lock (mint.Books.Gate) mint.Books.Changed -= session.OnChange;
            await ending.CancelAsync();
            await writing;
        }
    }

    async Task ReadAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[MessageBytesMax];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                if (part.MessageType == WebSocketMessageType.Close) return;
                length += part.Count;
                if (length == buffer.Length) return;
            }
            while (!part.EndOfMessage);

            Handle(buffer.AsSpan(0, length));
        }
    }

    async Task WriteAsync(WebSocket socket, CancellationToken ct)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(ct))
            {
                var bytes = Encoding.UTF8.GetBytes(message.ToJsonString());
                await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, ct);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The wallet went away.
        }
    }

    void Handle(ReadOnlySpan<byte> message)
    {
        JsonNode? id = null;
        try
        {
            var request = JsonNode.Parse(message)!;
            id = request["id"]?.DeepClone();
            var parameters = request["params"]!;
            var name = (string)parameters["subId"]!;
            var method = (string?)request["method"];
            if (method is not ("subscribe" or "unsubscribe"))
            {
                Fail(id, -32601, "Method not found.");
                return;
            }

            Unsubscribe(name);
            Send(new()
            {
                ["jsonrpc"] = "2.0",
                ["result"] = new JsonObject { ["status"] = "OK", ["subId"] = name },
                ["id"] = id,
            });
            if (method == "subscribe") Subscribe(name, (string)parameters["kind"]!, parameters["filters"]!.AsArray());
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException)
        {
            Fail(id, -32600, "Not a request of NUT-17.");
        }
    }

    /// <summary>§Subscribe: "the mint MUST first respond with the current state".</summary>
    void Subscribe(string name, string kind, JsonArray filters)
    {
        HashSet<string> wanted = [.. filters.Take(FiltersMax).Select(filter => (string)filter!)];
        lock (_mint.Books.Gate)
        {
            if (_subscriptions.Count >= SubscriptionsMax) return;
            _subscriptions[name] = (kind, wanted);
            foreach (var filter in wanted)
            {
                if (Now(kind, filter) is { } state) Notify(name, state);
            }
        }
    }

    void Unsubscribe(string name)
    {
        lock (_mint.Books.Gate) _subscriptions.Remove(name);
    }

    JsonObject? Now(string kind, string filter) => kind switch
    {
        "bolt11_mint_quote" => _mint.Books.MintQuoteOf(filter) is { } quote ? _forms.Quote(quote) : null,
        "bolt11_melt_quote" => _mint.Books.MeltQuoteOf(filter) is { } quote ? MintForms.Quote(quote) : null,
        "proof_state" => CurvePoint.Parse(filter) is null ? null : MintForms.State(_mint.Books.StateOf(filter)),
        _ => null,
    };

    /// <summary>Under the mint's lock: what a subscription asks for and this record touches.</summary>
    void OnChange(MintRecord record)
    {
        foreach (var (name, (kind, filters)) in _subscriptions)
        {
            foreach (var touched in Touched(record, kind).Where(filters.Contains))
            {
                if (Now(kind, touched) is { } state) Notify(name, state);
            }
        }
    }

    static IEnumerable<string> Touched(MintRecord record, string kind) => kind switch
    {
        "bolt11_mint_quote" => record.MintQuote is { } quote ? [quote.Id] : [],
        "bolt11_melt_quote" => record.MeltQuote is { } quote ? [quote.Id] : [],
        _ => (record.Spent ?? []).Select(proof => proof.Y).Concat(
            (record.MeltQuote?.Inputs ?? []).Select(proof => Bdhke.HashToCurve(proof.Secret).ToHex())),
    };

    void Notify(string name, JsonObject payload) => Send(new()
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "subscribe",
        ["params"] = new JsonObject { ["subId"] = name, ["payload"] = payload },
    });

    void Fail(JsonNode? id, int code, string message) => Send(new()
    {
        ["jsonrpc"] = "2.0",
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
        ["id"] = id,
    });

    void Send(JsonObject message) => _outgoing.Writer.TryWrite(message);
}
