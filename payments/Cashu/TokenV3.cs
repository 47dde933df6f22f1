using System.Text.Json;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Tokens in JSON (NUT-00, "V3 tokens").</summary>
static class TokenV3
{
    /// <summary>Proofs of one mint that stand in several entries become one token.</summary>
    public static IReadOnlyList<CashuToken> Read(byte[] json)
    {
        var token = CashuJson.Read(json, CashuJson.Default.TokenV3Document, CashuProblems.MalformedToken);
        if (token.Token is null or { Length: 0 } || token.Token.Any(entry => entry is not { Mint: { }, Proofs: { } }))
        {
            throw new ProblemException(CashuProblems.MalformedToken);
        }

        return
        [
            .. from entry in token.Token
               group entry.Proofs by CashuToken.MintUrl(entry.Mint) into mint
               select new CashuToken(mint.Key, token.Unit ?? "sat", [.. mint.SelectMany(proofs => proofs)])
               {
                   Memo = token.Memo,
               },
        ];
    }

    public static byte[] Write(CashuToken token) => JsonSerializer.SerializeToUtf8Bytes(
        new TokenV3Document([new(token.Mint, [.. token.Proofs])], token.Unit, token.Memo),
        CashuJson.Default.TokenV3Document);
}

sealed record TokenV3Document(TokenV3Entry[]? Token, string? Unit, string? Memo);

sealed record TokenV3Entry(string Mint, Proof[] Proofs);
