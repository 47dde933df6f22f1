using System.Text;
using System.Text.Json;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>The ecash of a nutzap (NIP-61), both ways.</summary>
public static class NutzapToken
{
    /// <exception cref="ProblemException">Its proofs are none.</exception>
    public static CashuToken Read(Nutzap zap)
    {
        if (zap.Proofs.Sum(proof => proof.Length) > CashuToken.BytesMax)
        {
            throw new ProblemException(CashuProblems.TokenTooLarge);
        }

        var token = new CashuToken(CashuToken.MintUrl(zap.Mint), zap.Unit,
        [
            .. zap.Proofs.Select(proof => CashuJson.Read(
                Encoding.UTF8.GetBytes(proof), CashuJson.Default.Proof, CashuProblems.MalformedToken)),
        ]);
        CashuToken.Check(token);
        return token;
    }

    /// <param name="token">Locked to the key of the recipient's 10019, each proof with its DLEQ proof.</param>
    /// <param name="recipient">Nostr key of whom it is for.</param>
    /// <param name="mint">As the 10019 writes it, to the letter.</param>
    /// <param name="eventId">What is zapped, or null.</param>
    public static Nutzap Write(CashuToken token, string recipient, string mint, string? eventId) => new(
        recipient, mint, token.Unit,
        [.. token.Proofs.Select(proof => JsonSerializer.Serialize(proof, CashuJson.Default.Proof))], eventId);
}
