using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Signs for locked proofs, and checks what others signed (NUT-11, NUT-14).</summary>
public static class Witness
{
    const int SignaturesMax = 32;

    /// <summary>Null when this key can spend the proof now, alone and without a preimage.</summary>
    public static Problem? Refuse(Proof proof, string? pubkey, DateTimeOffset now)
    {
        if (!SpendingCondition.IsWellKnown(proof.Secret)) return null;
        if (SpendingCondition.Parse(proof.Secret) is not { } condition) return CashuProblems.NotOurs;
        var isKey = !condition.IsHash && condition.Signatures == 1 && condition.Keys.Contains(pubkey);
        var isRefund = condition.HasExpired(now)
            && (condition.RefundKeys.Count == 0
                || (condition.RefundSignatures == 1 && condition.RefundKeys.Contains(pubkey)));
        return isKey || isRefund ? null : CashuProblems.NotOurs;
    }

    /// <summary>The inputs with the signatures of one key, where a condition asks for them.</summary>
    /// <param name="inputs">Of one transaction, in their order.</param>
    /// <param name="outputs">In theirs.</param>
    /// <param name="quote">Of a melt; null for a swap.</param>
    /// <param name="key">Signs each condition that names it.</param>
    public static Proof[] Sign(
        IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote, SecretKey key)
    {
        var conditions = inputs.Select(input => SpendingCondition.Parse(input.Secret)).ToList();
        if (conditions.Any(condition => condition is { SignsAll: true }))
        {
            var message = MessageOfAll(inputs, outputs, quote);
            return [.. inputs.Select((input, i) => i == 0 ? Add(input, message, key) : input)];
        }

        return
        [
            .. inputs.Zip(conditions, (input, condition) =>
                condition is not null
                && (condition.Keys.Contains(key.Pubkey) || condition.RefundKeys.Contains(key.Pubkey))
                    ? Add(input, input.Secret, key)
                    : input),
        ];
    }

    /// <summary>Whether the mint may let these inputs pass: all conditions hold at this moment.</summary>
    public static bool Verify(
        IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote, DateTimeOffset now)
    {
        var conditions = inputs.Select(input => SpendingCondition.Parse(input.Secret)).ToList();
        if (!conditions.Any(condition => condition is { SignsAll: true }))
        {
            return inputs.Zip(conditions).All(pair =>
                pair.Second is null
                    ? !SpendingCondition.IsWellKnown(pair.First.Secret)
                    : IsSatisfied(pair.Second, pair.First.Witness, pair.First.Secret, now));
        }

        return conditions.All(condition => conditions[0]?.IsLike(condition) == true)
            && IsSatisfied(conditions[0]!, inputs[0].Witness, MessageOfAll(inputs, outputs, quote), now);
    }

    /// <summary>NUT-11, "Message aggregation for SIG_ALL".</summary>
    internal static string MessageOfAll(
        IReadOnlyList<Proof> inputs, IReadOnlyList<BlindedMessage> outputs, string? quote)
    {
        var message = new StringBuilder();
        foreach (var input in inputs) message.Append(input.Secret).Append(input.C);
        foreach (var output in outputs) message.Append(CultureInfo.InvariantCulture, $"{output.Amount}{output.B}");
        return message.Append(quote).ToString();
    }

    static bool IsSatisfied(SpendingCondition condition, string? witness, string message, DateTimeOffset now)
    {
        var shown = Open(witness);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(message));
        var unlocks = !condition.IsHash
            || (Hex.Decode(shown.Preimage) is { Length: 32 } preimage
                && Convert.ToHexStringLower(SHA256.HashData(preimage)) == condition.Data);
        if (unlocks && (condition.Keys.Count == 0 || Signed(condition.Keys) >= condition.Signatures)) return true;

        return condition.HasExpired(now)
            && (condition.RefundKeys.Count == 0 || Signed(condition.RefundKeys) >= condition.RefundSignatures);

        // Keys that signed, not signatures: one key can make any number of them.
        int Signed(IReadOnlyList<string> keys) => keys.Count(key => shown.Signatures!.Any(signature =>
            Secp256k1.SchnorrVerify(signature, hash, Convert.FromHexString(key))));
    }

    static Proof Add(Proof proof, string message, SecretKey key)
    {
        Span<byte> signature = stackalloc byte[64];
        Secp256k1.SchnorrSign(key.Reveal(), SHA256.HashData(Encoding.UTF8.GetBytes(message)), signature);
        var witness = Read(proof.Witness);
        string[] signatures = [.. witness?.Signatures ?? [], Convert.ToHexStringLower(signature)];
        var signed = new WitnessDocument(witness?.Preimage, signatures);
        return proof with { Witness = JsonSerializer.Serialize(signed, CashuJson.Default.WitnessDocument) };
    }

    static (string? Preimage, List<byte[]>? Signatures) Open(string? witness)
    {
        var document = Read(witness);
        var signatures = (document?.Signatures ?? []).Take(SignaturesMax);
        return (document?.Preimage, [.. signatures.Select(Hex.Decode).OfType<byte[]>()]);
    }

    static WitnessDocument? Read(string? witness)
    {
        try
        {
            return witness is null ? null : JsonSerializer.Deserialize(witness, CashuJson.Default.WitnessDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

sealed record WitnessDocument(string? Preimage, string[]? Signatures);
