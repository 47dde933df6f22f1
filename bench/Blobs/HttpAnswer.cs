using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>The least of an HTTP client: reads one answer of known or chunked length; a refusal throws.</summary>
static class HttpAnswer
{
    public static async Task SkipAsync(Socket socket, byte[] buffer)
    {
        var read = 0;
        int end;
        while ((end = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0) read += await MoreAsync(socket, buffer, read);

        var head = Encoding.ASCII.GetString(buffer, 0, end + 2);
        if (!head.StartsWith("HTTP/1.1 2", StringComparison.Ordinal)) throw new InvalidDataException(head);
        var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            while (!buffer.AsSpan(0, read).EndsWith("0\r\n\r\n"u8)) read += await MoreAsync(socket, buffer, read);
            return;
        }

        var length = long.Parse(head[(at + 16)..head.IndexOf('\r', at)], CultureInfo.InvariantCulture);
        for (var left = length - (read - end - 4); left > 0;) left -= await MoreAsync(socket, buffer, 0);
    }

    static async Task<int> MoreAsync(Socket socket, byte[] buffer, int from)
    {
        var count = await socket.ReceiveAsync(buffer.AsMemory(from));
        return count > 0 ? count : throw new EndOfStreamException("The server hung up.");
    }
}
