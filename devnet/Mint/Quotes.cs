using System.Text.Json.Serialization;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>NUT-23 §Mint Quote.</summary>
enum MintQuoteState { Unpaid, Paid, Issued }

/// <summary>NUT-05: what happens to the invoice that a wallet wants paid.</summary>
enum MeltQuoteState { Unpaid, Pending, Paid }

/// <summary>Sats for an invoice. The key, where there is one, must sign what is minted (NUT-20).</summary>
sealed record MintQuote(
    string Id, string Request, string PaymentHash, ulong Amount, long Expiry, long UpdatedAt,
    string? Pubkey = null)
{
    public MintQuoteState State { get; init; }
}

/// <summary>A stranger's invoice, and what paying it takes: the amount and at most the reserve (sats).</summary>
sealed record MeltQuote(
    string Id, string Request, string PaymentHash, ulong Amount, ulong AmountMsat, ulong FeeReserve, long Expiry)
{
    public MeltQuoteState State { get; init; }

    /// <summary>What is being spent while it is pending (NUT-07: PENDING).</summary>
    public IReadOnlyList<Proof> Inputs { get; init; } = [];

    /// <summary>Blank outputs for what the reserve leaves over (NUT-08).</summary>
    public IReadOnlyList<BlindedMessage> Blanks { get; init; } = [];

    public string? Preimage { get; init; }

    public IReadOnlyList<BlindSignature>? Change { get; init; }
}

/// <summary>A proof that was spent, and by what witness (NUT-07).</summary>
sealed record SpentProof([property: JsonPropertyName("y")] string Y, ulong Amount, string? Witness = null);

/// <summary>A blinded message that was signed, and the answer (NUT-09).</summary>
sealed record Promise([property: JsonPropertyName("b")] string B, BlindSignature Signature);

/// <summary>What one operation changed, whole: it is in the journal or it has not happened.</summary>
sealed record MintRecord
{
    public string? Seed { get; init; }
    public KeysetTerms? Keyset { get; init; }
    public MintQuote? MintQuote { get; init; }
    public MeltQuote? MeltQuote { get; init; }
    public IReadOnlyList<SpentProof>? Spent { get; init; }
    public IReadOnlyList<Promise>? Promises { get; init; }
}
