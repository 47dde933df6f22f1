using System.Security.Cryptography;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Zk.Ceremony;

/// <summary>
/// Phase 2 of the ceremony (eprint 2017/1050), in the transcript of snarkjs: <c>snarkjs zkey verify</c> accepts what
/// we make and the reverse. The key is safe if one contributor forgot their secret.
/// </summary>
public static class Phase2
{
    /// <summary>Multiplies delta by a secret that is forgotten on return.</summary>
    /// <exception cref="ZkFileException">The name cannot be recorded.</exception>
    public static CeremonyKey Contribute(CeremonyKey key, string name)
    {
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        var stream = Ceremonies.Stream(seed);
        CryptographicOperations.ZeroMemory(seed);
        var contributed = Contribute(key, stream, name, null);
        stream.Wipe();
        return contributed;
    }

    /// <summary>The last contribution: its secret is public, and no one could choose it.</summary>
    /// <exception cref="ZkFileException">The name or the beacon cannot be recorded.</exception>
    public static CeremonyKey Finish(CeremonyKey key, string name, Beacon beacon)
    {
        RequireRecordable(name, beacon);
        return Contribute(key, beacon.Stream(), name, beacon);
    }

    /// <summary>
    /// Why the key is not the initial key of its circuit and phase 1 after the contributions that it lists, or null.
    /// </summary>
    public static string? Refuse(CeremonyKey initial, CeremonyKey key)
    {
        if (RefuseChain(key) is { } broken) return broken;
        if (!initial.CircuitHash.Span.SequenceEqual(key.CircuitHash.Span)) return "The key is for another circuit.";
        if (Differs(initial.Points, key.Points) is { } part) return $"{part} is not what phase 1 and the circuit give.";

        var (before, after) = (initial.Points.Verifying.Delta, key.Points.Verifying.Delta);
        if (!SameFactor(initial.Points.C, key.Points.C, after, before)) return "C was not divided by delta.";
        return SameFactor(initial.Points.H, key.Points.H, after, before) ? null : "H was not divided by delta.";
    }

    /// <summary>Why the contributions do not lead from the generator to the key's delta, or null. A few
    /// pairings.</summary>
    public static string? RefuseChain(CeremonyKey key)
    {
        if (key.IsDevelopment) return "Nobody contributed to this key.";

        var transcript = new Blake2b();
        transcript.Append(key.CircuitHash.Span);
        var delta = G1.Generator;
        for (var i = 0; i < key.Contributions.Length; i++)
        {
            var contribution = key.Contributions[i];
            if (RefuseStep(contribution, transcript, delta) is { } reason) return $"Contribution {i + 1}: {reason}";
            if (contribution.Beacon is not null && i < key.Contributions.Length - 1)
            {
                return $"Contribution {i + 1}: a beacon comes last.";
            }

            contribution.AppendTo(transcript);
            delta = contribution.DeltaAfter;
        }

        return delta == key.Points.Delta1
            && Ceremonies.SameRatio(G1.Generator, delta, G2.Generator, key.Points.Verifying.Delta)
            ? null
            : "Delta is not what the contributions lead to.";
    }

    static CeremonyKey Contribute(CeremonyKey key, ChaCha stream, string name, Beacon? beacon)
    {
        RequireRecordable(name, beacon);
        var transcript = new Blake2b();
        transcript.Append(key.CircuitHash.Span);
        foreach (var earlier in key.Contributions)
        {
            earlier.AppendTo(transcript);
        }

        var secret = stream.NextNumber<ScalarModulus>();
        var s = stream.NextG1();
        var sx = s * secret;
        transcript.Append(s, sx);
        var digest = transcript.Finish();
        var points = key.Points;
        var inverse = secret.Invert().ToLimbs();
        var scaled = points with
        {
            Delta1 = points.Delta1 * secret,
            Verifying = points.Verifying with { Delta = points.Verifying.Delta * secret },
            C = Scale(points.C, inverse),
            H = Scale(points.H, inverse),
        };
        var contribution = new Contribution(scaled.Delta1, s, sx, Ceremonies.PointOf(digest) * secret, digest)
        {
            Name = name,
            Beacon = beacon,
        };
        return key with { Points = scaled, Contributions = key.Contributions.Add(contribution) };
    }

    static string? RefuseStep(Contribution contribution, Blake2b transcript, in G1Affine deltaBefore)
    {
        var own = transcript.Copy();
        own.Append(contribution.S, contribution.SX);
        if (!own.Finish().AsSpan().SequenceEqual(contribution.Transcript)) return "its transcript does not follow.";

        var sp = Ceremonies.PointOf(contribution.Transcript);
        if (!Ceremonies.SameRatio(contribution.S, contribution.SX, sp, contribution.SpX)) return "its proof fails.";
        if (!Ceremonies.SameRatio(deltaBefore, contribution.DeltaAfter, sp, contribution.SpX))
        {
            return "delta does not follow from its secret.";
        }

        if (contribution.DeltaAfter == deltaBefore) return "it changed nothing.";
        if (contribution.Beacon is not { } beacon) return null;
        if (Contribution.Refuse(null, beacon) is { } reason) return reason;

        var stream = beacon.Stream();
        var secret = stream.NextNumber<ScalarModulus>();
        var s = stream.NextG1();
        return s == contribution.S && s * secret == contribution.SX ? null : "its secret is not the beacon's.";
    }

    static string? Differs(ProvingKeyPoints a, ProvingKeyPoints b) =>
        a.DomainSize != b.DomainSize || a.WireCount != b.WireCount || a.PublicCount != b.PublicCount ? "The size" :
        a.Verifying.Alpha != b.Verifying.Alpha ? "α" :
        a.Beta1 != b.Beta1 || a.Verifying.Beta != b.Verifying.Beta ? "β" :
        a.Verifying.Gamma != b.Verifying.Gamma ? "γ" :
        !a.Verifying.Ic.AsSpan().SequenceEqual(b.Verifying.Ic.AsSpan()) ? "IC" :
        !a.Coefficients.AsSpan().SequenceEqual(b.Coefficients) ? "The list of coefficients" :
        !a.A.AsSpan().SequenceEqual(b.A) ? "A" :
        !a.B1.AsSpan().SequenceEqual(b.B1) ? "B" :
        !a.B2.AsSpan().SequenceEqual(b.B2) ? "B in the second group" :
        a.C.Length != b.C.Length || a.H.Length != b.H.Length ? "The size of C or H" :
        null;

    /// <summary>Two lists differ by one factor, the ratio of two points of the second group: for random
    /// weights.</summary>
    static bool SameFactor(G1Affine[] before, G1Affine[] after, in G2Affine c, in G2Affine d)
    {
        if (before.Length == 0) return true;

        Fr[] weights = [.. before.Select(_ => Fr.Random())];
        return Ceremonies.SameRatio(PointSum.Of(before, weights), PointSum.Of(after, weights), c, d);
    }

    static G1Affine[] Scale(G1Affine[] points, Limbs scalar)
    {
        var scaled = new G1Affine[points.Length];
        Parallel.For(0, points.Length, i => scaled[i] = points[i].ToProjective().Times(scalar).ToAffine());
        return scaled;
    }

    static void RequireRecordable(string name, Beacon? beacon)
    {
        if (Contribution.Refuse(name, beacon) is { } reason) throw new ZkFileException(reason);
    }
}
