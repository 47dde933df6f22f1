using System.Text;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// One step of phase 2, as snarkjs records it: delta times a secret d, and a proof of knowing d: s and d·s in the first
/// group, and d times a point of the second group that nobody could choose, for it is drawn from the transcript.
/// </summary>
public sealed record Contribution(G1Affine DeltaAfter, G1Affine S, G1Affine SX, G2Affine SpX, byte[] Transcript)
{
    const int NameSizeMax = 64;
    const int BeaconSizeMax = 255;

    /// <summary>Who it was, in their own words; at most 64 bytes.</summary>
    public string? Name { get; init; }

    /// <summary>Where the secret was drawn from a public value: then anybody can repeat it.</summary>
    public Beacon? Beacon { get; init; }

    /// <summary>BLAKE2b of the contribution: what its maker publishes and signs.</summary>
    public byte[] Hash()
    {
        var hash = new Blake2b();
        AppendTo(hash);
        return hash.Finish();
    }

    internal void AppendTo(Blake2b hash)
    {
        hash.Append(DeltaAfter);
        hash.Append(S);
        hash.Append(SX);
        hash.Append(SpX);
        hash.Append(Transcript);
    }

    internal void Write(SectionWriter writer)
    {
        writer.G1(DeltaAfter, S, SX);
        writer.G2(SpX);
        writer.Bytes(Transcript);
        writer.Word(Beacon is null ? 0u : 1u);
        List<byte> parameters = [];
        if (Name is { } name)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            parameters.AddRange([1, (byte)bytes.Length, .. bytes]);
        }

        if (Beacon is { } beacon)
        {
            parameters.AddRange([2, (byte)beacon.IterationsExponent, 3, (byte)beacon.Value.Length, .. beacon.Value]);
        }

        writer.Word((uint)parameters.Count);
        writer.Bytes(parameters.ToArray());
    }

    internal static Contribution Read(ref SectionReader section)
    {
        var (after, s, sx) = (section.G1(), section.G1(), section.G1());
        var contribution = new Contribution(
            after, s, sx, section.G2(checkOrder: true), section.Bytes(Blake2b.Size).ToArray());
        var type = section.CountBelow(1, "the type of a contribution");
        var parameters = new SectionReader(section.Bytes(section.Count(1)), "zkey file: a contribution");
        var (name, value, exponent, last) = ((string?)null, (byte[]?)null, 0, 0);
        while (parameters.Remaining > 0)
        {
            var kind = parameters.Bytes(1)[0];
            parameters.Require(kind > last && kind <= 3, "has parameters that are unknown or not in order");
            last = kind;
            var size = parameters.Bytes(1)[0];
            if (kind == 1) name = Encoding.UTF8.GetString(parameters.Bytes(size));
            else if (kind == 2) exponent = size;
            else value = parameters.Bytes(size).ToArray();
        }

        section.Require((type == 1) == (value is not null), "has a contribution whose type and parameters differ");
        return contribution with { Name = name, Beacon = value is null ? null : new(value, exponent) };
    }

    /// <summary>Why a name or beacon cannot be recorded, or null.</summary>
    internal static string? Refuse(string? name, Beacon? beacon) =>
        name is not null && Encoding.UTF8.GetByteCount(name) is 0 or > NameSizeMax
            ? $"A contributor's name has 1 to {NameSizeMax} bytes." :
        beacon is not null && beacon.Value.Length is 0 or > BeaconSizeMax
            ? $"A beacon has 1 to {BeaconSizeMax} bytes." :
        beacon is not null && beacon.IterationsExponent is < 10 or > 22
            ? "A beacon is hashed 2^10 to 2^22 times." :
        null;
}
