namespace PoA.Nostr.Fetch;

/// <summary>A document that is being read. Disposing of it ends the connection's use.</summary>
public sealed class OpenedDocument : IAsyncDisposable
{
    readonly HttpResponseMessage _response;
    readonly BoundedStream _body;

    internal OpenedDocument(HttpResponseMessage response, BoundedStream body, Uri final)
    {
        (_response, _body, Final) = (response, body, final);
    }

    /// <summary>Throws a problem at the byte or the moment that is too much.</summary>
    public Stream Body => _body;

    /// <summary>The type that the server states, without parameters, in lower case.</summary>
    public string? Mime => _response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    public Uri Final { get; }

    /// <summary>How many bytes will come; null where the server does not say it, or packs them.</summary>
    public long? Length => _response.Content.Headers.ContentLength;

    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync();
        _response.Dispose();
    }
}

/// <summary>Reads another stream up to a number of bytes and a moment; both are problems when exceeded.</summary>
sealed class BoundedStream(Stream inner, long bytesMax, CancellationTokenSource deadline) : Stream
{
    long _read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var count = await inner.ReadAsync(buffer, either.Token);
            _read += count;
            return _read <= bytesMax ? count : throw new ProblemException(FetchProblems.TooLarge);
        }
        catch (Exception e) when (e is not ProblemException)
        {
            var tooSlow = deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
            if (SafeFetch.ProblemOf(e, tooSlow) is { } problem) throw new ProblemException(problem);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A stranger's document is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        deadline.Dispose();
        await base.DisposeAsync();
    }
}
