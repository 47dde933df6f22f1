using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>What we ask a mint to sign, as it is kept: the secret follows from the seed.</summary>
/// <param name="Idx">Its place in the request.</param>
/// <param name="Keyset">Full id.</param>
/// <param name="Counter">Used once.</param>
/// <param name="AmountSat">Zero for a blank (NUT-08).</param>
/// <param name="Use">What becomes of it: <c>keep</c>, <c>give</c>, <c>spend</c>, <c>blank</c>.</param>
/// <param name="LockTo">
/// For whom it is where not for us: a key, 33 bytes in hex, or <see cref="Bearer"/>.
/// </param>
/// <param name="B">The blinded message.</param>
sealed record EcashOutput(
    int Idx, string Keyset, long Counter, long AmountSat, string Use, string? LockTo, string B)
{
    /// <summary>Whoever holds it. Such secrets are not derived as ours are: no restore takes them back.</summary>
    public const string Bearer = "bearer";

    /// <summary>A blank goes out with an amount, since some mints insist on one; they overwrite it.</summary>
    public BlindedMessage Message => new(Use == "blank" ? 1 : (ulong)AmountSat, Keyset, B);

    public static EcashOutput Plan(
        WalletSeed seed, int idx, string keyset, long counter, long amountSat, string use, string? lockTo)
    {
        var (secret, r) = Open(seed, keyset, counter, lockTo);
        return new(idx, keyset, counter, amountSat, use, lockTo, Bdhke.Blind(secret, r)!.ToHex());
    }

    /// <summary>The secret and the blinding factor; the nonce of a lock is derived as a plain secret is.</summary>
    public static (string Secret, byte[] R) Open(WalletSeed seed, string keyset, long counter, string? lockTo)
    {
        var (secret, r) = lockTo is null ? seed.Derive(keyset, counter) : seed.ForOthers.Derive(keyset, counter);
        return (lockTo is null or Bearer ? secret : SpendingCondition.LockTo(secret, lockTo), r);
    }

    /// <summary>
    /// The proof that a signature makes of this. Null unless the mint signed this output for this amount with the key
    /// of this keyset, and proves it.
    /// </summary>
    public EcashProof? Accept(WalletSeed seed, Keyset keyset, BlindSignature signature)
    {
        var amount = Use == "blank" ? signature.Amount : (ulong)AmountSat;
        if (signature.Id != Keyset || signature.Amount != amount || amount is 0 or > long.MaxValue
            || !keyset.Keys.TryGetValue(amount, out var key)
            || CurvePoint.Parse(signature.C) is not { } signed || CurvePoint.Parse(B) is not { } blinded
            || signature.Dleq is not { } dleq
            || Hex.Decode(dleq.E) is not { Length: 32 } e || Hex.Decode(dleq.S) is not { Length: 32 } s
            || !Bdhke.VerifyDleq(key, blinded, signed, e, s))
        {
            return null;
        }

        var (secret, r) = Open(seed, Keyset, Counter, LockTo);
        return Bdhke.Unblind(signed, r, key) is { } c
            ? new(Bdhke.HashToCurve(secret).ToHex(), Keyset, Counter, (long)amount, LockTo, c.ToHex(), dleq.E, dleq.S)
            {
                Use = Use,
            }
            : null;
    }
}

/// <summary>Ecash of ours, as it is kept.</summary>
sealed record EcashProof(
    string Y, string Keyset, long Counter, long AmountSat, string? LockTo, string C, string E, string S)
{
    /// <summary>What it was made for.</summary>
    public string Use { get; init; } = "keep";

    /// <summary>As one hands it to somebody: with the complete proof that the mint signed it.</summary>
    public Proof Reveal(WalletSeed seed)
    {
        var (secret, r) = EcashOutput.Open(seed, Keyset, Counter, LockTo);
        return new((ulong)AmountSat, Keyset, secret, C) { Dleq = new(E, S, Convert.ToHexStringLower(r)) };
    }

    /// <summary>As one shows it to the mint: without what would tell it which signature this was.</summary>
    public Proof Spend(WalletSeed seed) => Reveal(seed) with { Dleq = null };
}
