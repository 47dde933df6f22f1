using System.Text.Json.Serialization;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Ecash: a secret and the mint's signature on it (NUT-00). Whoever knows it can spend it.</summary>
/// <param name="Amount">In the unit of its keyset.</param>
/// <param name="Id">Of the keyset, in hex; in a token perhaps its first 8 bytes only.</param>
/// <param name="Secret">Text; the JSON of a spending condition where there is one (NUT-10).</param>
/// <param name="C">The signature: a compressed point in hex.</param>
public sealed record Proof(ulong Amount, string Id, string Secret, [property: JsonPropertyName("C")] string C)
{
    /// <summary>The mint's proof that it signed (NUT-12). Never shown to the mint itself.</summary>
    public Dleq? Dleq { get; init; }

    /// <summary>What satisfies the spending condition, as JSON.</summary>
    public string? Witness { get; init; }

    /// <summary>By this the mint knows it.</summary>
    [JsonIgnore]
    public string Y => Bdhke.HashToCurve(Secret).ToHex();

    public override string ToString() => $"{Amount} of {Id} (hidden)";

    /// <summary>Null when the mint signed it, as the complete DLEQ proof shows; or there need be none.</summary>
    internal Problem? RefuseSignature(CurvePoint key, bool isRequired = true)
    {
        if (Dleq is null && !isRequired) return null;
        if (Dleq is not { R: not null } dleq) return CashuProblems.ProofIncomplete;
        return CurvePoint.Parse(C) is { } c
            && Hex.Decode(dleq.E) is { Length: 32 } e && Hex.Decode(dleq.S) is { Length: 32 } s
            && Hex.Decode(dleq.R) is { Length: 32 } r
            && Bdhke.VerifyDleq(key, Secret, c, e, s, r)
            ? null
            : CashuProblems.ProofForged;
    }
}

/// <summary>That one secret made both the key and the signature. Scalars, 32 bytes in hex each.</summary>
/// <param name="E">The challenge.</param>
/// <param name="S">The answer.</param>
/// <param name="R">The blinding factor: between users only.</param>
public sealed record Dleq(string E, string S, string? R = null);

/// <summary>What we ask a mint to sign.</summary>
public sealed record BlindedMessage(ulong Amount, string Id, [property: JsonPropertyName("B_")] string B);

/// <summary>What it signed.</summary>
public sealed record BlindSignature(ulong Amount, string Id, [property: JsonPropertyName("C_")] string C)
{
    public Dleq? Dleq { get; init; }
}
