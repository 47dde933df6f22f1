using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PoA.Nostr.Blossom.Store;

/// <summary>
/// A large upload into its file: while its bytes come in, this thread hashes those that are here and lays them into a
/// batch, and another writes the batch before, past the page cache. Reading takes as long as the hash does, so whole
/// batches wait in the connection and nobody is woken for a few bytes.
/// </summary>
sealed class StreamLarge(SafeFileHandle file, IncrementalHash hash, UploadBatches batches, long length)
{
    /// <summary>Room is taken in steps as bytes come: a promised length alone fills no disk.</summary>
    const long AllocatedBytes = 16 << 20;

    long _batch;
    int _filled;
    long _allocated;
    Task _writing = Task.CompletedTask;

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
                if (Size + read.Buffer.Length > bytesMax) throw new ProblemException(StagedBlob.TooLarge(bytesMax));
                foreach (var segment in read.Buffer)
                {
                    hash.AppendData(segment.Span);
                    for (var rest = segment; (rest = rest[Take(rest.Span)..]).Length > 0;) await BeginAsync();
                }

                source.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }

            await _writing;
            Finish();
            return Size;
        }
        finally
        {
            // The memory is lent to others next: nobody may be reading it.
            await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Copies what fits into the batch; the number of bytes.</summary>
    int Take(ReadOnlySpan<byte> bytes)
    {
        var room = batches[_batch][_filled..];
        var some = bytes[..Math.Min(bytes.Length, room.Length)];
        some.CopyTo(room);
        _filled += some.Length;
        return some.Length;
    }

    /// <summary>Waits for the batch before, has this one written, and goes on to the next.</summary>
    async Task BeginAsync()
    {
        await _writing;
        var batch = _batch;
        _writing = Task.Run(() => Write(batch, UploadBatches.BatchBytes));
        (_batch, _filled) = (batch + 1, 0);
    }

    /// <summary>The last batch: whole blocks as before, and what fills none in the usual way.</summary>
    void Finish()
    {
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
