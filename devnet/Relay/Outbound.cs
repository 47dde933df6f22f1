using System.Net.WebSockets;
using System.Threading.Channels;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>
/// What waits to be sent to one client, in order. Anybody may add; one loop sends. A client that reads too slowly is
/// disconnected, never waited for.
/// </summary>
sealed class Outbound(WebSocket socket, EventStore store, int bytesMax)
{
    const int FramesMax = 1 << 20;
    readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(
        new BoundedChannelOptions(FramesMax) { SingleReader = true });

    byte[] _buffer = new byte[4 * 1024];
    long _waiting;

    /// <summary>A whole message.</summary>
    public void Text(byte[] message) => Add(new(message, null, null), message.Length);

    /// <summary>An event that has just come.</summary>
    public void Event(byte[] head, byte[] json) => Add(new(head, json, null), head.Length + json.Length);

    /// <summary>Events from the log.</summary>
    public void Stored(byte[] head, Stored[] places)
    {
        if (places.Length > 0) Add(new(head, null, places), places.Sum(place => (long)head.Length + place.Length));
    }

    /// <summary>Sends until the connection ends.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var frame in _frames.Reader.ReadAllAsync(ct))
        {
            if (frame.Places is null) await SendAsync(Compose(frame.Head, frame.Json), ct);
            foreach (var place in frame.Places ?? [])
            {
                await SendAsync(Compose(frame.Head, store.Read(place)), ct);
            }

            Interlocked.Add(ref _waiting, -frame.Bytes);
        }
    }

    void Add(Frame frame, long bytes)
    {
        if (Interlocked.Add(ref _waiting, bytes) > bytesMax || !_frames.Writer.TryWrite(frame with { Bytes = bytes }))
        {
            socket.Abort();
        }
    }

    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, ct);

    /// <summary>The head, the event and the closing bracket as one message, in a buffer that is used again.</summary>
    ReadOnlyMemory<byte> Compose(byte[] head, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return head;
        var length = head.Length + json.Length + 1;
        if (length > _buffer.Length) _buffer = new byte[Math.Max(length, _buffer.Length * 2)];
        head.CopyTo(_buffer, 0);
        json.CopyTo(_buffer.AsSpan(head.Length));
        _buffer[length - 1] = (byte)']';
        return _buffer.AsMemory(0, length);
    }

    readonly record struct Frame(byte[] Head, byte[]? Json, Stored[]? Places)
    {
        public long Bytes { get; init; }
    }
}
