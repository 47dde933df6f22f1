using System.Net.WebSockets;
using System.Text;

namespace PoA.Nostr.Bench.Relay;

/// <summary>Counts messages by their first word and parses nothing: the relay is what is measured.</summary>
sealed class BenchClient : IDisposable
{
    readonly ClientWebSocket _socket = new();
    readonly byte[] _buffer = new byte[256 * 1024];

    public static async Task<BenchClient> ConnectAsync(string url)
    {
        var client = new BenchClient();
        await client._socket.ConnectAsync(new(url), default);
        return client;
    }

    public Task SendAsync(byte[] message) =>
        _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, default);

    public Task SendAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message));

    /// <summary>Reads until so many messages with this first word have come.</summary>
    public async Task ReadAsync(string word, int count)
    {
        var head = Encoding.UTF8.GetBytes($"[\"{word}\"");
        while (count > 0)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await _socket.ReceiveAsync(_buffer.AsMemory(length), default);
                length += read.Count;
            }
            while (!read.EndOfMessage);

            if (read.MessageType == WebSocketMessageType.Close) throw new IOException("The relay closed.");
            if (_buffer.AsSpan(0, length).StartsWith(head)) count--;
        }
    }

    public void Dispose() => _socket.Dispose();
}
