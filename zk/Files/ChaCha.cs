using System.Numerics;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// The ChaCha20 stream from which ceremonies draw points: key of eight words, counter and nonce zero, read as 32-bit
/// words (the generator of ffjavascript, so that our transcripts verify with snarkjs).
/// </summary>
public sealed class ChaCha
{
    readonly uint[] _state;
    readonly uint[] _block = new uint[16];
    int _next = 16;

    public ChaCha(ReadOnlySpan<uint> seed)
    {
        _state = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, .. seed, 0, 0, 0, 0];
    }

    public uint NextUInt32()
    {
        if (_next == _block.Length) Refill();

        return _block[_next++];
    }

    public bool NextBit() => (NextUInt32() & 1) == 1;

    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>Whoever had the seed would have all that was drawn. Nothing can be drawn afterwards.</summary>
    public void Wipe()
    {
        Array.Clear(_state);
        Array.Clear(_block);
    }

    void Refill()
    {
        _state.CopyTo(_block, 0);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                Quarter(i, 4 + i, 8 + i, 12 + i);
            }

            for (var i = 0; i < 4; i++)
            {
                Quarter(i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
            }
        }

        for (var i = 0; i < _block.Length; i++)
        {
            _block[i] += _state[i];
        }

        _next = 0;
        for (var i = 12; i < 16 && ++_state[i] == 0; i++)
        {
        }
    }

    void Quarter(int a, int b, int c, int d)
    {
        var x = _block;
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
    }
}
