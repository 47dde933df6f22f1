using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// Phase 1 out of a .ptau file (version 1), prepared for phase 2 or not. It is believed for the sake of its hash: a
/// file is opened with the BLAKE2b that the caller expects, or that the public ceremony published.
/// </summary>
public sealed class PowersOfTau
{
    const string Kind = "ptau";
    const int PowerMax = 28;

    readonly SectionFile _file;

    /// <param name="bytes">The whole file.</param>
    /// <param name="expectedHash">BLAKE2b-512 in hex; null for the files of the public ceremony.</param>
    /// <exception cref="ZkFileException">Another hash, or not such a file.</exception>
    public PowersOfTau(ReadOnlyMemory<byte> bytes, string? expectedHash)
    {
        Hash = Convert.ToHexStringLower(Blake2b.Hash(bytes.Span));
        _file = new(bytes, Kind, 1);
        var header = _file.Read(1);
        header.Prime<BaseModulus>();
        Power = header.CountBelow(PowerMax, "the power");
        header.Word();
        header.End();
        var expected = expectedHash ?? (PublicCeremony.Hashes.TryGetValue(Power, out var published) ? published : "");
        var pinned = Hash.Equals(expected, StringComparison.OrdinalIgnoreCase);
        _file.Require(pinned, $"has BLAKE2b {Hash}, not the pinned one");
        foreach (var (id, points) in new[] { (2u, (2L << Power) - 1), (4u, 1L << Power), (5u, 1L << Power) })
        {
            _file.Require(_file.Read(id).Remaining == points * PointSections.G1Size, $"section {id} has a wrong size");
        }

        _file.Require(_file.Read(3).Remaining == (PointSections.G2Size << Power), "section 3 has a wrong size");
    }

    /// <summary>BLAKE2b-512 in hex.</summary>
    public string Hash { get; }

    /// <summary>Circuits of up to 2^Power rows can be set up.</summary>
    public int Power { get; }

    public G1Affine Alpha => G1(4, 0, 1)[0];

    public G1Affine Beta1 => G1(5, 0, 1)[0];

    public G2Affine Beta2
    {
        get
        {
            var section = _file.Read(6);
            return section.G2(checkOrder: true);
        }
    }

    /// <summary>tau^first·G1 and the following.</summary>
    public G1Affine[] Tau(int first, int count) => G1(2, first, count);

    /// <summary>Lagrange points of a domain: Lᵢ(tau)·G1.</summary>
    public G1Affine[] LagrangeTau1(int size) => Lagrange1(2, 12, size);

    public G1Affine[] LagrangeAlpha(int size) => Lagrange1(4, 14, size);

    public G1Affine[] LagrangeBeta(int size) => Lagrange1(5, 15, size);

    public G2Affine[] LagrangeTau2(int size)
    {
        if (_file.Has(13)) return G2(13, size - 1, size);

        return GroupTransform.ToLagrange(G2(3, 0, size));
    }

    G1Affine[] Lagrange1(uint powers, uint prepared, int size)
    {
        if (_file.Has(prepared)) return G1(prepared, size - 1, size);

        var available = _file.Read(powers).Remaining / PointSections.G1Size;
        return GroupTransform.ToLagrange(
            [.. G1(powers, 0, Math.Min(size, available)), .. new G1Affine[Math.Max(0, size - available)]]);
    }

    G1Affine[] G1(uint id, int first, int count)
    {
        var section = _file.Read(id);
        section.Bytes(first * PointSections.G1Size);
        var points = new G1Affine[count];
        for (var i = 0; i < count; i++)
        {
            points[i] = section.G1();
        }

        return points;
    }

    G2Affine[] G2(uint id, int first, int count)
    {
        var section = _file.Read(id);
        section.Bytes(first * PointSections.G2Size);
        var points = new G2Affine[count];
        for (var i = 0; i < count; i++)
        {
            points[i] = section.G2(checkOrder: false);
        }

        return points;
    }
}
