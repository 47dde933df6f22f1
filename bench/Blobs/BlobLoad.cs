using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Bench.Blobs;

/// <summary>Uploads: blobs that differ in their first bytes, hashed and signed before the clock starts.</summary>
sealed class BlobLoad(int port, SecretKey key)
{
    const int SliceBytes = 1 << 20;
    static readonly byte[] Tail = RandomNumberGenerator.GetBytes(SliceBytes);
    long _next = (long)port << 32;

    public sealed record Blob(byte[] Head, string Sha256, long Size);

    public Blob Next(long size)
    {
        var nonce = BitConverter.GetBytes(_next++);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(nonce);
        for (var left = size - nonce.Length; left > 0; left -= SliceBytes)
        {
            hash.AppendData(Tail.AsSpan(0, (int)Math.Min(left, SliceBytes)));
        }

        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = key.Sign(new(
            24_242, now, [["t", "upload"], ["expiration", $"{now + 3_600}"], ["x", sha256]], "A benchmark."));
        var head = Encoding.ASCII.GetBytes(
            $"PUT /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\nX-SHA-256: {sha256}\r\n"
            + $"Authorization: Nostr {Base64Url.EncodeToString(EventJson.Write(signed))}\r\n\r\n");
        return new([.. head, .. nonce], sha256, size);
    }

    /// <summary>The paths they are served at. One connection for all, as clients keep theirs.</summary>
    public async Task<string[]> UploadAsync(params Blob[] blobs)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var answer = new byte[8 * 1024];
        foreach (var blob in blobs)
        {
            await SendAsync(socket, blob);
            await HttpAnswer.SkipAsync(socket, answer);
        }

        return [.. blobs.Select(blob => "/" + blob.Sha256)];
    }

    static async Task SendAsync(Socket socket, Blob blob)
    {
        await SendAsync(socket, blob.Head);
        for (var left = blob.Size - sizeof(long); left > 0; left -= SliceBytes)
        {
            await SendAsync(socket, Tail.AsMemory(0, (int)Math.Min(left, SliceBytes)));
        }
    }

    static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
