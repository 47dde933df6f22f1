using System.Text.Json;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>A payment as wallets hand it over: in a NIP-17 message or by POST (NUT-18, "Payment payload").</summary>
/// <param name="Id">Of the request that it answers.</param>
/// <param name="Token">What it is worth.</param>
public sealed record PaymentPayload(string? Id, CashuToken Token)
{
    /// <exception cref="ProblemException">It is none, or its token is none.</exception>
    public static PaymentPayload Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > CashuToken.BytesMax * 2) throw new ProblemException(CashuProblems.TokenTooLarge);
        var payload = CashuJson.Read(json, CashuJson.Default.PaymentPayloadDocument, CashuProblems.MalformedToken);
        if (payload.Mint is null || payload.Unit is null || payload.Proofs is null or { Length: 0 })
        {
            throw new ProblemException(CashuProblems.MalformedToken);
        }

        var token = new CashuToken(CashuToken.MintUrl(payload.Mint), payload.Unit, payload.Proofs)
        {
            Memo = payload.Memo,
        };
        CashuToken.Check(token);
        return new(payload.Id, token);
    }

    public string Write() => JsonSerializer.Serialize(
        new PaymentPayloadDocument(Id, Token.Memo, Token.Mint, Token.Unit, [.. Token.Proofs]),
        CashuJson.Default.PaymentPayloadDocument);
}

sealed record PaymentPayloadDocument(string? Id, string? Memo, string? Mint, string? Unit, Proof[]? Proofs);
