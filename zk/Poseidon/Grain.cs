namespace PoA.Nostr.Zk.Poseidon;

/// <summary>
/// The 80-bit Grain LFSR in self-shrinking mode, seeded with the parameters of an instance: where the constants of
/// Poseidon come from (eprint 2019/458, appendix E).
/// </summary>
struct Grain
{
    const int Bits = 80;
    const int FieldBits = 254;

    UInt128 _state;

    public Grain(int width, int fullRounds, int partialRounds)
    {
        // Field type 1 (prime), S-box type 0 (x^5), then the sizes, then ones.
        Append(1, 2);
        Append(0, 4);
        Append(FieldBits, 12);
        Append(width, 12);
        Append(fullRounds, 10);
        Append(partialRounds, 10);
        Append((1 << 30) - 1, 30);
        for (var i = 0; i < 160; i++)
        {
            Step();
        }
    }

    /// <summary>The next number of 254 bits that is below the modulus; others are skipped.</summary>
    public Fr NextBelowModulus()
    {
        Span<byte> bytes = stackalloc byte[Fr.Size];
        while (true)
        {
            NextNumber(bytes);
            if (Fr.TryReadBigEndian(bytes, out var value)) return value;
        }
    }

    /// <summary>The next number of 254 bits, reduced: how the matrices are drawn.</summary>
    public Fr NextReduced()
    {
        Span<byte> bytes = stackalloc byte[Fr.Size];
        NextNumber(bytes);
        return Fr.FromBigInteger(new System.Numerics.BigInteger(bytes, true, true) % Fr.Modulus);
    }

    /// <summary>Most significant bit first.</summary>
    void NextNumber(Span<byte> bytes)
    {
        bytes.Clear();
        for (var i = (8 * Fr.Size) - FieldBits; i < 8 * Fr.Size; i++)
        {
            bytes[i >> 3] |= (byte)(NextBit() << (7 - (i & 7)));
        }
    }

    /// <summary>Bits come in pairs; the second counts when the first is set.</summary>
    int NextBit()
    {
        while (true)
        {
            var chosen = Step();
            var bit = Step();
            if (chosen == 1) return bit;
        }
    }

    int Step()
    {
        var s = _state;
        var bit = (int)((s >> 62) ^ (s >> 51) ^ (s >> 38) ^ (s >> 23) ^ (s >> 13) ^ s) & 1;
        _state = (s >> 1) | ((UInt128)(uint)bit << (Bits - 1));
        return bit;
    }

    void Append(int value, int bits)
    {
        for (var i = bits - 1; i >= 0; i--)
        {
            _state = (_state >> 1) | ((UInt128)(uint)((value >> i) & 1) << (Bits - 1));
        }
    }
}
