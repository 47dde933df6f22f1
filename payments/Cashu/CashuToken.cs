using System.Buffers;
using System.Buffers.Text;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Ecash of one mint, as it is handed from person to person (NUT-00): <c>cashuA…</c> is JSON, <c>cashuB…</c> CBOR.
/// Whoever reads the text can spend it, so it prints hidden.
/// </summary>
/// <param name="Mint">URL without a slash at the end.</param>
/// <param name="Unit">Of the amounts.</param>
/// <param name="Proofs">At least one.</param>
public sealed record CashuToken(string Mint, string Unit, IReadOnlyList<Proof> Proofs)
{
    /// <summary>Of a token's text. 256 proofs with signatures and proofs of equality fit.</summary>
    public const int BytesMax = 64 * 1024;

    public const int ProofsMax = 256;

    /// <summary>What its sender wrote on it.</summary>
    public string? Memo { get; init; }

    /// <summary>In the unit, before what the mint takes for spending it.</summary>
    public ulong Amount => Proofs.Aggregate(0UL, (sum, proof) => checked(sum + proof.Amount));

    /// <summary>Reads a token of one mint.</summary>
    /// <exception cref="ProblemException">
    /// <see cref="CashuProblems.MalformedToken"/>, <see cref="CashuProblems.TokenTooLarge"/> or, for a version 3 token
    /// of more than one mint, <see cref="CashuProblems.SeveralMints"/>.
    /// </exception>
    public static CashuToken Parse(string text) =>
        ParseEach(text) is [var token] ? token : throw new ProblemException(CashuProblems.SeveralMints);

    /// <summary>Reads a token: one for each mint, which is more than one in version 3 alone.</summary>
    /// <exception cref="ProblemException">The text is not a token.</exception>
    public static IReadOnlyList<CashuToken> ParseEach(string text)
    {
        if (text.Length > BytesMax) throw new ProblemException(CashuProblems.TokenTooLarge);

        var token = text.Trim();
        foreach (var prefix in (string[])["web+cashu://", "cashu://", "cashu:"])
        {
            if (token.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) token = token[prefix.Length..];
        }

        var tokens = token switch
        {
            ['c', 'a', 's', 'h', 'u', 'A', .. var rest] => TokenV3.Read(Base64(rest)),
            ['c', 'a', 's', 'h', 'u', 'B', .. var rest] => [TokenV4.Read(Base64(rest))],
            _ => throw new ProblemException(CashuProblems.MalformedToken),
        };
        foreach (var one in tokens) Check(one);
        return tokens;
    }

    /// <summary>Reads the binary form of version 4: <c>crawB</c> and CBOR.</summary>
    public static CashuToken ParseRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax) throw new ProblemException(CashuProblems.TokenTooLarge);
        if (!bytes.StartsWith("crawB"u8)) throw new ProblemException(CashuProblems.MalformedToken);
        var token = TokenV4.Read(bytes[5..].ToArray());
        Check(token);
        return token;
    }

    /// <summary>Version 4, with proofs of equality where there are any.</summary>
    public string Write() => "cashuB" + Base64Url.EncodeToString(TokenV4.Write(this));

    /// <summary>Version 4, binary.</summary>
    public byte[] WriteRaw() => [.. "crawB"u8, .. TokenV4.Write(this)];

    /// <summary>Version 3, for wallets that know no other.</summary>
    public string WriteV3() => "cashuA" + Base64Url.EncodeToString(TokenV3.Write(this));

    /// <summary>NUT-00: a mint's URL loses its slashes at the end.</summary>
    public static string MintUrl(string url) => url.TrimEnd('/');

    public override string ToString() => $"{Amount} {Unit} of {Mint} (hidden)";

    /// <summary>Base64 in either alphabet (RFC 4648 §4 and §5: wallets write both), padded or not; or null.</summary>
    internal static byte[]? Decode(string base64)
    {
        var url = base64.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var bytes = new byte[Base64Url.GetMaxDecodedLength(url.Length)];
        return Base64Url.DecodeFromChars(url, bytes, out _, out var written) == OperationStatus.Done
            ? bytes[..written]
            : null;
    }

    static byte[] Base64(string text) => Decode(text) ?? throw new ProblemException(CashuProblems.MalformedToken);

    /// <summary>Bounds, and no proof twice: what every way in must hold to.</summary>
    internal static void Check(CashuToken token)
    {
        if (token.Proofs.Count > ProofsMax) throw new ProblemException(CashuProblems.TokenTooLarge);
        var problem =
            token.Proofs.Count == 0 || token.Proofs.Any(proof =>
                proof is not { Secret.Length: > 0, Id: not null, C: not null, Amount: <= Maximum })
                ? CashuProblems.MalformedToken :
            token.Proofs.DistinctBy(proof => proof.Secret).Count() < token.Proofs.Count ? CashuProblems.DuplicateProof :
            null;
        if (problem is not null) throw new ProblemException(problem);
    }

    /// <summary>More sats than there will be: 256 of them do not overflow.</summary>
    const ulong Maximum = 1UL << 51;
}
