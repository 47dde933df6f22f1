using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Payments.Cashu;

// What travels between a wallet and a mint. Fields that some mint leaves out, or writes as null, may be missing here.

/// <summary>GET /v1/keys/{id} (NUT-01, NUT-02). Amounts are keys of JSON, since they exceed its numbers.</summary>
sealed record KeysReply(KeysetKeys[]? Keysets);

sealed record KeysetKeys(string Id, string? Unit, Dictionary<string, string>? Keys);

/// <summary>GET /v1/keysets (NUT-02).</summary>
sealed record KeysetsReply(KeysetSummary[]? Keysets);

sealed record KeysetSummary(string Id, string? Unit, bool Active, int? InputFeePpk, long? FinalExpiry);

/// <summary>POST /v1/swap (NUT-03).</summary>
sealed record SwapRequest(Proof[] Inputs, BlindedMessage[] Outputs);

sealed record SignaturesReply(BlindSignature[]? Signatures);

/// <summary>POST /v1/restore (NUT-09).</summary>
sealed record RestoreRequest(BlindedMessage[] Outputs);

sealed record RestoreReply(BlindedMessage[]? Outputs, BlindSignature[]? Signatures);

/// <summary>POST /v1/checkstate (NUT-07).</summary>
sealed record CheckStateRequest([property: JsonPropertyName("Ys")] string[] Ys);

sealed record CheckStateReply(ProofState[]? States);

sealed record ProofState([property: JsonPropertyName("Y")] string Y, string? State, string? Witness);

/// <summary>POST /v1/mint/quote/bolt11 (NUT-04, NUT-20, NUT-23).</summary>
sealed record MintQuoteRequest(ulong Amount, string Unit, string? Description, string Pubkey);

sealed record MintQuoteReply(string Quote, string Request, string? State, long? Expiry, ulong? Amount)
{
    /// <summary>What mints before the state said (nutshell 0.18 still sends both).</summary>
    public bool? Paid { get; init; }

    /// <summary>What they will say instead of the state.</summary>
    public ulong? AmountPaid { get; init; }

    public ulong? AmountIssued { get; init; }
}

/// <summary>POST /v1/mint/bolt11.</summary>
sealed record MintRequest(string Quote, BlindedMessage[] Outputs, string Signature);

/// <summary>POST /v1/melt/quote/bolt11 (NUT-05, NUT-23).</summary>
sealed record MeltQuoteRequest(string Request, string Unit);

sealed record MeltQuoteReply(string Quote, ulong Amount, ulong FeeReserve, string? State, long? Expiry)
{
    public bool? Paid { get; init; }

    public string? PaymentPreimage { get; init; }

    public BlindSignature[]? Change { get; init; }
}

/// <summary>POST /v1/melt/bolt11 with blank outputs (NUT-08).</summary>
sealed record MeltRequest(string Quote, Proof[] Inputs, BlindedMessage[]? Outputs);

/// <summary>GET /v1/info (NUT-06). What a NUT's entry holds differs from one to the next.</summary>
sealed record InfoReply(string? Name, Dictionary<string, JsonElement>? Nuts);

/// <summary>Any 4xx or 5xx. Mints disagree about codes, so nothing is decided by one alone.</summary>
sealed record ErrorReply(JsonElement? Detail, int? Code);
