using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// A large upload into its file: while one batch comes in, the one before it is hashed by one thread and written by
/// another, past the page cache. The slowest of the three, the hash, is what an upload takes.
/// </summary>
sealed class StreamLarge(SafeFileHandle file, IncrementalHash hash, UploadBatches batches, long length)
{
    /// <summary>Room is taken in steps as bytes come: a promised length alone fills no disk.</summary>
    const long AllocatedBytes = 16 << 20;

    long _batch;
    int _filled;
    long _allocated;
    Task _working = Task.CompletedTask;

    /// <summary>Bytes that have come so far.</summary>
    long Size => (_batch * UploadBatches.BatchBytes) + _filled;

    /// <summary>Reads to the end; the number of bytes.</summary>
    public async Task<long> CopyAsync(PipeReader source, long bytesMax, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var read = await source.ReadAsync(ct);
                var rest = read.Buffer;
                if (Size + rest.Length > bytesMax) throw new ProblemException(StagedBlob.TooLarge(bytesMax));
                while ((rest = rest.Slice(Take(rest))).Length > 0 || _filled == UploadBatches.BatchBytes)
                {
                    await BeginAsync();
                }

                source.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }

            await _working;
            Finish();
            return Size;
        }
        finally
        {
            // The memory is lent to others next: nobody may be reading it.
            await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Copies what fits into the batch; the number of bytes.</summary>
    long Take(ReadOnlySequence<byte> bytes)
    {
        var room = batches[_batch][_filled..];
        var some = bytes.Slice(0, Math.Min(bytes.Length, room.Length));
        some.CopyTo(room);
        _filled += (int)some.Length;
        return some.Length;
    }

    /// <summary>Waits for the batch before, sets two threads to this one, and goes on to the next.</summary>
    async Task BeginAsync()
    {
        await _working;
        var batch = _batch;
        _working = Task.WhenAll(
            Task.Run(() => hash.AppendData(batches[batch])), Task.Run(() => Write(batch, UploadBatches.BatchBytes)));
        (_batch, _filled) = (batch + 1, 0);
    }

    /// <summary>The last batch: whole blocks as before, and what fills none in the usual way.</summary>
    void Finish()
    {
        hash.AppendData(batches[_batch][.._filled]);
        var whole = _filled - (_filled % DirectFile.AlignBytes);
        if (whole > 0) Write(_batch, whole);
        DirectFile.End(file);
        if (whole < _filled) RandomAccess.Write(file, batches[_batch][whole.._filled], Size - (_filled - whole));
    }

    void Write(long batch, int count)
    {
        var from = batch * UploadBatches.BatchBytes;
        if (from + count > _allocated && _allocated < length)
        {
            var step = Math.Min(AllocatedBytes, length - _allocated);
            DirectFile.Allocate(file, _allocated, step);
            _allocated += step;
        }

        RandomAccess.Write(file, batches[batch][..count], from);
    }
}
