using PoA.Nostr.Crypto;

namespace PoA.Nostr;

/// <summary>An event whose id and signature hold. Receivers take only these, so none can forget to check.</summary>
public sealed class VerifiedEvent
{
    VerifiedEvent(NostrEvent inner) => Event = inner;

    public NostrEvent Event { get; }

    /// <summary>Recomputes the id, then checks BIP-340. Null and a problem when either fails; never throws.</summary>
    public static VerifiedEvent? TryVerify(NostrEvent candidate, out Problem? problem)
    {
        problem = Refuse(candidate);
        return problem is null ? new(candidate) : null;
    }

    /// <summary>
    /// An event that this process has just signed, or read back from where only verified ones are kept.
    /// </summary>
    public static VerifiedEvent Trusted(NostrEvent own) => new(own);

    static Problem? Refuse(NostrEvent candidate)
    {
        Span<byte> claimed = stackalloc byte[32];
        Span<byte> id = stackalloc byte[32];
        Span<byte> key = stackalloc byte[32];
        Span<byte> signature = stackalloc byte[64];
        if (!Hex.TryDecode(candidate.Id, claimed)) return EventProblems.WrongId;
        CanonicalForm.Id(
            candidate.Pubkey, candidate.CreatedAt, candidate.Kind, candidate.Tags, candidate.Content, id);
        if (!id.SequenceEqual(claimed)) return EventProblems.WrongId;

        return Hex.TryDecode(candidate.Pubkey, key) && Hex.TryDecode(candidate.Sig, signature)
            && Secp256k1.SchnorrVerify(signature, id, key)
                ? null
                : EventProblems.WrongSignature;
    }
}
