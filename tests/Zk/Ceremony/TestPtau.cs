using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Tests.Zk.Ceremony;

/// <summary>
/// A phase 1 whose secrets are three small numbers, prepared as <c>snarkjs powersoftau prepare phase2</c> would: for
/// tests, which need one at once.
/// </summary>
static class TestPtau
{
    static readonly Fr Tau = Fr.FromUInt64(20_261_121);
    static readonly Fr Alpha = Fr.FromUInt64(17);
    static readonly Fr Beta = Fr.FromUInt64(23);

    public static PowersOfTau Open(byte[] file) => new(file, Convert.ToHexString(Blake2b.Hash(file)));

    public static byte[] Write(int power, bool prepared = true)
    {
        var size = 1 << power;
        var writer = new SectionWriter("ptau", 1, prepared ? 11u : 7u);
        writer.Prime<BaseModulus>();
        writer.Word((uint)power);
        writer.Word((uint)power);
        writer.EndSection(1);
        var powers = Powers((2 * size) - 1);
        G1(writer, 2, powers);
        G2(writer, 3, powers[..size]);
        G1(writer, 4, Times(powers[..size], Alpha));
        G1(writer, 5, Times(powers[..size], Beta));
        G2(writer, 6, [Beta]);
        writer.Word(0);
        writer.EndSection(7);
        if (!prepared) return writer.ToArray();

        Fr[] all = [.. Enumerable.Range(0, power + 1).SelectMany(log => Lagrange(1 << log, whole: true))];
        G1(writer, 12, [.. all, .. Lagrange(2 * size, whole: false)]);
        G2(writer, 13, all);
        G1(writer, 14, Times(all, Alpha));
        G1(writer, 15, Times(all, Beta));
        return writer.ToArray();
    }

    static void G1(SectionWriter writer, uint id, Fr[] scalars)
    {
        writer.G1(new WindowTable<Fq, G1<Fq>>(PoA.Nostr.Zk.Curves.G1.Generator).Multiples(scalars));
        writer.EndSection(id);
    }

    static void G2(SectionWriter writer, uint id, Fr[] scalars)
    {
        writer.G2(new WindowTable<Fq2, G2<Fq>>(PoA.Nostr.Zk.Curves.G2.Generator).Multiples(scalars));
        writer.EndSection(id);
    }

    static Fr[] Powers(int count)
    {
        var powers = new Fr[count];
        powers[0] = Fr.One;
        for (var i = 1; i < count; i++)
        {
            powers[i] = powers[i - 1] * Tau;
        }

        return powers;
    }

    static Fr[] Times(Fr[] values, Fr factor) => Array.ConvertAll(values, value => value * factor);

    /// <summary>Lᵢ(tau) = wⁱ(tauᴺ − 1)/(N(tau − wⁱ)); not whole: without the power N − 1, which phase 1 has
    /// not.</summary>
    static Fr[] Lagrange(int size, bool whole)
    {
        var root = Fr.FromUInt64(5).Pow(Exponents.Limbs((Fr.Modulus - 1) / size));
        var scale = Fr.FromUInt64((ulong)size).Invert();
        var top = (Tau.Pow((ulong)size) - Fr.One) * scale;
        var missing = whole ? Fr.Zero : Tau.Pow((ulong)size - 1) * scale;
        var values = new Fr[size];
        var power = Fr.One;
        for (var i = 0; i < size; i++)
        {
            values[i] = power * ((top * (Tau - power).Invert()) - missing);
            power *= root;
        }

        return values;
    }
}
