using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>A row of the operation log: what was begun, and the request that carries it on.</summary>
sealed record Operation
{
    public Guid Id { get; init; }

    /// <summary><c>receive</c>, <c>foreign</c>, <c>send</c>, <c>mint</c>, <c>melt</c> or <c>swap</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>
    /// <c>waiting</c> for a payment, <c>open</c> at the mint; ended: <c>done</c>, <c>failed</c> with nothing changed,
    /// <c>lost</c> for a person to look at.
    /// </summary>
    public string State { get; init; } = "";

    /// <summary>Which request this is: a second one has outputs of its own.</summary>
    public int Stage { get; init; }

    public int Version { get; init; }

    public string Mint { get; init; } = "";

    public long AmountSat { get; init; }

    public long BookedSat { get; init; }

    public string? Path { get; init; }

    public byte[]? Request { get; init; }

    /// <summary>Until then something we sent may still take effect, so that nothing is given up.</summary>
    public DateTime? InDoubtUntil { get; init; }

    public int Attempts { get; init; }

    public string? ProblemCode { get; init; }

    public string? ProblemDetail { get; init; }

    public DateTime CreatedAt { get; init; }

    public string DetailsJson { get; init; } = "{}";

    public bool HasEnded => State is "done" or "failed" or "lost";

    [JsonIgnore]
    public OperationDetails Details => OperationDetails.Parse(DetailsJson);

    /// <summary>Whoever brought it was let go before its end: nobody waits for our answer.</summary>
    public bool IsLate { get; init; }
}

/// <summary>What an operation must remember besides; each kind uses its part.</summary>
sealed record OperationDetails
{
    /// <summary>Receive, foreign, mint: who is told.</summary>
    public string? Purpose { get; init; }

    public string? Rail { get; init; }

    public string? Payer { get; init; }

    /// <summary>Receive, mint: id of the nutzap that brought it.</summary>
    public string? Nutzap { get; init; }

    /// <summary>Receive, foreign, and the mint that follows it: what the token was worth.</summary>
    public long GrossSat { get; init; }

    /// <summary>Foreign: the operation of the invoice that is paid with it.</summary>
    public Guid Invoice { get; init; }

    public string? Reference { get; init; }

    /// <summary>Receive: anybody could have spent the token.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Send, melt: whose money it is.</summary>
    public string? Account { get; init; }

    /// <summary>Send: the key that alone can spend the token.</summary>
    public string? LockTo { get; init; }

    /// <summary>Mint, melt: the mint's name for it.</summary>
    public string? Quote { get; init; }

    public string? Bolt11 { get; init; }

    public string? PaymentHash { get; init; }

    /// <summary>Mint: unix seconds.</summary>
    public long? Expiry { get; init; }

    /// <summary>Mint: the mint knows the older signature only (NUT-20).</summary>
    public bool Legacy { get; init; }

    /// <summary>Melt: what Lightning may cost at most.</summary>
    public long ReserveSat { get; init; }

    /// <summary>What this stage's inputs cost.</summary>
    public long InputFeeSat { get; init; }

    /// <summary>Melt: sum of the inputs of the payment.</summary>
    public long InputsSat { get; init; }

    /// <summary>Melt: the mint said no, so the request is not sent again.</summary>
    public bool Answered { get; init; }

    /// <summary>Melt: seen unpaid and unspent once; it takes twice to believe it.</summary>
    public bool SeenUnpaid { get; init; }

    /// <summary>Melt: seen paid once with no word of change.</summary>
    public bool SeenPaid { get; init; }

    /// <summary>Melt: what Lightning took.</summary>
    public long FeeSat { get; init; }

    public string? Preimage { get; init; }

    public string Write() => JsonSerializer.Serialize(this, OperationJson.Default.OperationDetails);

    public static OperationDetails Parse(string json) =>
        JsonSerializer.Deserialize(json, OperationJson.Default.OperationDetails)!;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(OperationDetails))]
sealed partial class OperationJson : JsonSerializerContext;
