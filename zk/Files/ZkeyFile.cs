using System.Numerics;
using PoA.Nostr.Zk.Ceremony;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Zk.Files;

/// <summary>A proving key with its history as snarkjs stores it (.zkey, version 1, Groth16).</summary>
public static class ZkeyFile
{
    const string Kind = "zkey";
    const int CoefficientSize = 12 + Fr.Size;
    const int DomainMax = 1 << 28;
    const int ContributionSizeMin = (3 * PointSections.G1Size) + PointSections.G2Size + Blake2b.Size + 8;

    /// <summary>2^256 mod r: coefficients are stored times its square.</summary>
    static readonly Fr Montgomery = Fr.FromBigInteger(BigInteger.Pow(2, 256) % Fr.Modulus);
    static readonly Fr OverMontgomery = Montgomery.Invert();

    /// <summary>Sections stand in the order in which <c>snarkjs zkey new</c> writes them: the bytes are the
    /// same.</summary>
    public static byte[] Write(CeremonyKey key)
    {
        var points = key.Points;
        var writer = new SectionWriter(Kind, 1, 10);
        writer.Word(1);
        writer.EndSection(1);
        writer.Prime<BaseModulus>();
        writer.Prime<ScalarModulus>();
        writer.Word((uint)points.WireCount);
        writer.Word((uint)points.PublicCount);
        writer.Word((uint)points.DomainSize);
        writer.G1(points.Verifying.Alpha, points.Beta1);
        writer.G2(points.Verifying.Beta, points.Verifying.Gamma);
        writer.G1(points.Delta1);
        writer.G2(points.Verifying.Delta);
        writer.EndSection(2);
        WriteCoefficients(writer, points.Coefficients);
        writer.EndSection(4);
        writer.G1(points.Verifying.Ic.AsSpan());
        writer.EndSection(3);
        WriteG1(writer, 9, points.H);
        WriteG1(writer, 8, points.C);
        WriteG1(writer, 5, points.A);
        WriteG1(writer, 6, points.B1);
        writer.G2(points.B2);
        writer.EndSection(7);
        writer.Bytes(key.CircuitHash.Span);
        writer.Word((uint)key.Contributions.Length);
        foreach (var contribution in key.Contributions)
        {
            contribution.Write(writer);
        }

        writer.EndSection(10);
        return writer.ToArray();
    }

    /// <exception cref="ZkFileException">Not a Groth16 key over BN254, or one whose parts do not fit each
    /// other.</exception>
    public static CeremonyKey Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new SectionFile(bytes, Kind, 1);
        file.RequireOnly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        var protocol = file.Read(1);
        file.Require(protocol.Word() == 1, "is not for Groth16");
        protocol.End();
        var header = file.Read(2);
        header.Prime<BaseModulus>();
        header.Prime<ScalarModulus>();
        var domainLimit = file.Read(9).Remaining / PointSections.G1Size;
        var wires = header.CountBelow(file.Read(5).Remaining / PointSections.G1Size, "the number of wires");
        var signals = header.CountBelow(wires - 1, "the number of public signals");
        var domain = header.CountBelow(Math.Min(DomainMax, domainLimit), "the size of the domain");
        file.Require(domain > 1 && BitOperations.IsPow2(domain), "the size of the domain is no power of two");
        var (alpha, beta1) = (header.G1(), header.G1());
        var (beta, gamma) = (header.G2(checkOrder: true), header.G2(checkOrder: true));
        var delta1 = header.G1();
        var delta = header.G2(checkOrder: true);
        header.End();
        var points = new ProvingKeyPoints(
            new(alpha, beta, gamma, delta, [.. file.Read(3).AllG1(signals + 1)]), beta1, delta1, domain,
            ReadCoefficients(file.Read(4), domain, wires), file.Read(5).AllG1(wires), file.Read(6).AllG1(wires),
            file.Read(7).AllG2(wires), file.Read(8).AllG1(wires - signals - 1), file.Read(9).AllG1(domain));
        return ReadHistory(file.Read(10), points);
    }

    static CeremonyKey ReadHistory(SectionReader section, ProvingKeyPoints points)
    {
        var circuit = section.Bytes(Blake2b.Size).ToArray();
        var contributions = new Contribution[section.Count(ContributionSizeMin)];
        for (var i = 0; i < contributions.Length; i++)
        {
            contributions[i] = Contribution.Read(ref section);
        }

        section.End();
        return new(points, circuit, [.. contributions]);
    }

    static void WriteG1(SectionWriter writer, uint id, G1Affine[] points)
    {
        writer.G1(points);
        writer.EndSection(id);
    }

    static void WriteCoefficients(SectionWriter writer, Coefficient[] coefficients)
    {
        Span<byte> value = stackalloc byte[Fr.Size];
        writer.Word((uint)coefficients.Length);
        foreach (ref readonly var coefficient in coefficients.AsSpan())
        {
            writer.Word((uint)coefficient.Matrix);
            writer.Word((uint)coefficient.Row);
            writer.Word((uint)coefficient.Wire);
            (coefficient.Value * Montgomery).WriteMontgomery(value);
            writer.Bytes(value);
        }
    }

    static Coefficient[] ReadCoefficients(SectionReader section, int domain, int wires)
    {
        var coefficients = new Coefficient[section.Count(CoefficientSize)];
        for (var i = 0; i < coefficients.Length; i++)
        {
            var matrix = (CoefficientMatrix)section.CountBelow(1, "a matrix");
            var row = section.CountBelow(domain - 1, "a row");
            var wire = section.CountBelow(wires - 1, "a wire");
            section.Require(
                Fr.TryReadMontgomery(section.Bytes(Fr.Size), out var value), "holds a number that is not canonical");
            coefficients[i] = new(matrix, row, wire, value * OverMontgomery);
        }

        section.End();
        return coefficients;
    }
}
