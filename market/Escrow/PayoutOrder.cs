using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// The body of POST /payouts: <c>{"id":…,"amount_sat":…,"to":"name@host" or "token"}</c>; of PUT, the last alone.
/// </summary>
sealed record PayoutOrder(Guid Id, long AmountSat, string To)
{
    /// <summary>More sats than there will be is none.</summary>
    public Msat Amount => AmountSat is > 0 and <= long.MaxValue / 1_000 ? Msat.FromSat(AmountSat) : Msat.Zero;

    public static PayoutOrder Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, PayoutOrderJson.Default.PayoutOrder) is { To: not null } order
                ? order
                : throw new ProblemException(EscrowProblems.TargetMalformed);
        }
        catch (JsonException)
        {
            throw new ProblemException(EscrowProblems.TargetMalformed);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PayoutOrder))]
sealed partial class PayoutOrderJson : JsonSerializerContext;
