using PoA.Nostr.Zk.Curves;

namespace PoA.Nostr.Zk.Files;

/// <summary>Points in sections: raw, that is Montgomery form and least significant byte first.</summary>
static class PointSections
{
    public const int G1Size = 64;
    public const int G2Size = 128;

    public static G1Affine G1(this ref SectionReader section)
    {
        var valid = PointEncoding.TryReadRaw(section.Bytes(G1Size), out var point);
        section.Require(valid, "holds a point that is not on the curve");
        return point;
    }

    /// <summary>The order is checked where asked: it costs 60 µs a point.</summary>
    public static G2Affine G2(this ref SectionReader section, bool checkOrder)
    {
        section.Require(
            PointEncoding.TryReadRaw(section.Bytes(G2Size), out var point, checkOrder),
            "holds a point that is not of the second group");
        return point;
    }

    /// <summary>So many points and nothing else.</summary>
    public static G1Affine[] AllG1(this SectionReader section, int count)
    {
        section.Require(section.Remaining == (long)count * G1Size, $"does not hold {count} points");
        var points = new G1Affine[count];
        for (var i = 0; i < count; i++)
        {
            points[i] = section.G1();
        }

        return points;
    }

    /// <summary>So many points and nothing else; their order is not checked.</summary>
    public static G2Affine[] AllG2(this SectionReader section, int count)
    {
        section.Require(section.Remaining == (long)count * G2Size, $"does not hold {count} points");
        var points = new G2Affine[count];
        for (var i = 0; i < count; i++)
        {
            points[i] = section.G2(checkOrder: false);
        }

        return points;
    }

    public static void G1(this SectionWriter writer, params ReadOnlySpan<G1Affine> points)
    {
        Span<byte> bytes = stackalloc byte[G1Size];
        foreach (ref readonly var point in points)
        {
            PointEncoding.WriteRaw(point, bytes);
            writer.Bytes(bytes);
        }
    }

    public static void G2(this SectionWriter writer, params ReadOnlySpan<G2Affine> points)
    {
        Span<byte> bytes = stackalloc byte[G2Size];
        foreach (ref readonly var point in points)
        {
            PointEncoding.WriteRaw(point, bytes);
            writer.Bytes(bytes);
        }
    }
}
