using System.Net.WebSockets;

namespace PoA.Nostr.Devnet.Relay;

/// <summary>Puts the messages of one client together, in one buffer that is used again for each.</summary>
sealed class RelayInbound(WebSocket socket)
{
    static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(1);
    byte[] _buffer = new byte[8 * 1024];

    /// <summary>
    /// The next message, good until the one after it; null when the client has closed. A message that is larger than
    /// any may be ends the connection, since the rest of it would have to be read to find the next.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(length), ct);
            length += read.Count;
            if (read.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure);
                return null;
            }

            if (read.EndOfMessage) return _buffer.AsMemory(0, length);
            if (length > RelayOptions.MessageBytesMax)
            {
                await CloseAsync(WebSocketCloseStatus.MessageTooBig);
                return null;
            }

            if (length == _buffer.Length) Array.Resize(ref _buffer, length * 2);
        }
    }

    async Task CloseAsync(WebSocketCloseStatus status)
    {
        using var soon = new CancellationTokenSource(FarewellMax);
        await socket.CloseOutputAsync(status, null, soon.Token);
    }
}
