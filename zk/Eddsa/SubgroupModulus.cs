using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Eddsa;

/// <summary>l, the order of Baby Jubjub's subgroup: scalars of keys and signatures, in constant time.</summary>
readonly struct SubgroupModulus : IModulus
{
    public static Limbs P => new(0x677297dc392126f1, 0xab3eedb83920ee0a, 0x370a08b6d0302b0b, 0x060c89ce5c263405);

    public static ulong Inverse64 => 0x532ce5aebc48f5ef;

    public static Limbs R => new(0x073315dea08f9c76, 0xe7acffc6a098f24b, 0xf85a9201d818f015, 0x01f16424e1bb7724);

    public static Limbs RSquared =>
        new(0x35e44abee7ecb21e, 0x74646cacf5f84ec4, 0xe472df203faa158f, 0x0445b524f1ba50a8);

    public static ulong Inverse52 => 0xce5aebc48f5ef;

    public static Limbs52 M => new(0xb7608154cefee, 0x742c6eab0d370, 0x9e824ccdbe23f, 0x5320bb90ad885, 0x4e03cdea830);

    public static Limbs52 LaneR => new(0x4669ceb5404ab, 0xd0ebea7e7c6df, 0x9e2a24229557, 0x6e357276f48b7, 0xd791464ef8);

    /// <summary>A number of up to 512 bits, least significant byte first, reduced.</summary>
    public static Fe<SubgroupModulus> Reduce(ReadOnlySpan<byte> bytes)
    {
        var shift = Fe<SubgroupModulus>.FromUInt64(1ul << 32).Square();
        var sum = Fe<SubgroupModulus>.Zero;
        for (var at = bytes.Length - 8; at >= 0; at -= 8)
        {
            var limb = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            sum = (sum * shift) + Fe<SubgroupModulus>.FromUInt64(limb);
        }

        return sum;
    }
}
