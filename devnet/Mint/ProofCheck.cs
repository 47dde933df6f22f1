using System.Globalization;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>What inputs are worth, and under what names they are remembered.</summary>
sealed record CheckedInputs(ulong Amount, ulong Fee, IReadOnlyList<SpentProof> Spent)
{
    public IEnumerable<string> Ys => Spent.Select(proof => proof.Y);
}

/// <summary>Everything about inputs and outputs that needs no lock: form, signatures, conditions, sums.</summary>
sealed class ProofCheck(MintBooks books, TimeProvider clock)
{
    const int InputsMax = 1_000;
    const int OutputsMax = 1_000;

    /// <summary>A secret is a hash or a lock with a few keys.</summary>
    const int SecretCharsMax = 8_192;

    /// <summary>NUT-00 §Verification, NUT-02 §Fees, NUT-10, NUT-11, NUT-14.</summary>
    /// <param name="inputs">As they came.</param>
    /// <param name="outputs">Signed too under SIG_ALL.</param>
    /// <param name="quote">Of a melt, for the same.</param>
    public CheckedInputs Inputs(
        IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote)
    {
        if (inputs.Count == 0) throw new MintRefusal(MintError.Other, "No inputs.");
        if (inputs.Count > InputsMax) throw new MintRefusal(MintError.TooManyInputs, "Too many inputs.");
        if (inputs.Select(proof => proof.Secret).Distinct().Count() < inputs.Count)
        {
            throw new MintRefusal(MintError.DuplicateInputs, "Duplicate inputs provided.");
        }

        ulong amount = 0, fees = 0;
        List<SpentProof> spent = new(inputs.Count);
        foreach (var proof in inputs)
        {
            var keyset = KeysetFor(proof);
            spent.Add(new(Verify(proof, keyset).ToHex(), proof.Amount, proof.WitnessText));
            (amount, fees) = (Sum(amount, proof.Amount), fees + (ulong)keyset.Terms.InputFeePpk);
        }

        Unlock(inputs, outputs, quote);
        return new(amount, (fees + 999) / 1_000, spent);
    }

    /// <summary>NUT-00 §BlindedMessage. Only the active keyset signs (NUT-02).</summary>
    /// <returns>The sum of the amounts.</returns>
    public ulong Outputs(IReadOnlyList<BlindedMessage> outputs)
    {
        if (outputs.Count > OutputsMax) throw new MintRefusal(MintError.TooManyOutputs, "Too many outputs.");
        if (outputs.Select(output => output.B).Distinct().Count() < outputs.Count)
        {
            throw new MintRefusal(MintError.DuplicateOutputs, "Duplicate outputs provided.");
        }

        return outputs.Aggregate(0UL, (sum, output) =>
        {
            var keyset = books.KeysetOf(output.Id)
                ?? throw new MintRefusal(MintError.KeysetUnknown, "Keyset is not known.");
            RefuseExpired(keyset);
            if (!keyset.Active) throw new MintRefusal(MintError.KeysetInactive, "Keyset is inactive.");
            if (keyset.SecretOf(output.Amount) is null)
            {
                throw new MintRefusal(MintError.AmountOutOfRange, "No key has this amount.");
            }

            if (CurvePoint.Parse(output.B) is null) throw new MintRefusal(MintError.Other, "B_ is not a point.");
            return Sum(sum, output.Amount);
        });
    }

    /// <summary>C_ = k·B_ with its proof (NUT-00, NUT-12).</summary>
    public BlindSignature Sign(BlindedMessage output)
    {
        var key = books.KeysetOf(output.Id)!.SecretOf(output.Amount)!;
        var blinded = CurvePoint.Parse(output.B)!;
        var signed = Bdhke.Sign(key, blinded);
        var (e, s) = Bdhke.Prove(key, blinded, signed);
        return new(output.Amount, output.Id, signed.ToHex(), new(e, s));
    }

    Keyset KeysetFor(Proof proof)
    {
        var keyset = books.KeysetOf(proof.Id)
            ?? throw new MintRefusal(MintError.KeysetUnknown, "Keyset is not known.");
        RefuseExpired(keyset);
        return keyset;
    }

    static CurvePoint Verify(Proof proof, Keyset keyset)
    {
        if (proof.Secret.Length is 0 or > SecretCharsMax) throw new MintRefusal(MintError.Other, "Secret too long.");
        var y = Bdhke.HashToCurve(proof.Secret);
        return keyset.SecretOf(proof.Amount) is { } key && CurvePoint.Parse(proof.C) is { } signature
            && Bdhke.Verify(key, y, signature)
            ? y
            : throw new MintRefusal(MintError.ProofInvalid, "Proof could not be verified.");
    }

    /// <summary>NUT-11 §Signature flag: each input by itself, or all together by the first one's witness.</summary>
    void Unlock(IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote)
    {
        var locks = inputs.Select(proof => SpendingConditions.Parse(proof.Secret)).ToList();
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (locks.Any(condition => condition?.SignsAll == true))
        {
            var first = locks[0];
            if (first is null || locks.Any(other =>
                other?.Kind != first.Kind || other.Data != first.Data || other.Tags != first.Tags))
            {
                throw Locked("SIG_ALL wants the same condition on all inputs");
            }

            var message = Transaction(inputs, outputs, quote);
            if (!first.IsOpenedBy(LockWitness.Parse(inputs[0].WitnessText), message, now)) throw Locked("transaction");
            return;
        }

        foreach (var (proof, condition) in inputs.Zip(locks))
        {
            if (condition?.IsOpenedBy(LockWitness.Parse(proof.WitnessText), proof.Secret, now) == false)
            {
                throw Locked("input");
            }
        }
    }

    /// <summary>NUT-11 §Message aggregation for SIG_ALL.</summary>
    internal static string Transaction(
        IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote)
    {
        var message = new StringBuilder();
        foreach (var proof in inputs) message.Append(proof.Secret).Append(proof.C);
        foreach (var output in outputs)
        {
            message.Append(CultureInfo.InvariantCulture, $"{output.Amount}").Append(output.B);
        }

        return message.Append(quote).ToString();
    }

    void RefuseExpired(Keyset keyset)
    {
        if (keyset.Terms.FinalExpiry is { } expiry && expiry <= clock.GetUtcNow().ToUnixTimeSeconds())
        {
            throw new MintRefusal(MintError.KeysetExpired, "Keyset has expired.");
        }
    }

    static MintRefusal Locked(string what) =>
        new(MintError.ProofInvalid, $"Witness is missing or does not open the lock: {what}.");

    static ulong Sum(ulong left, ulong right) =>
        left <= long.MaxValue && right <= long.MaxValue - left
            ? left + right
            : throw new MintRefusal(MintError.AmountOutOfRange, "The amounts are too large.");
}
