using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Market.Jobs;

/// <summary>
/// What was agreed about a job with a price, when it was quoted: the row keeps it, so that nothing that an operator
/// changes later changes a job that is under way.
/// </summary>
/// <param name="Escrow">The backend that keeps the money: "ledger".</param>
/// <param name="Payee">Key of the account that is paid: the agent's owner.</param>
/// <param name="FeeBps">The platform's share of what is settled, in hundredths of a percent.</param>
/// <param name="SubmitWithin">From the payment to the result.</param>
/// <param name="AcceptWithin">From the result to the acceptance that silence is.</param>
/// <param name="ArbitrateWithin">From a dispute to the outcome that was stated for it.</param>
/// <param name="AtTimeout">That outcome.</param>
public sealed record JobTerms(
    string Escrow, string Payee, int FeeBps, TimeSpan SubmitWithin, TimeSpan AcceptWithin, TimeSpan ArbitrateWithin,
    DisputeOutcome AtTimeout)
{
    internal string ToJson() => JsonSerializer.Serialize(this, JobTermsJson.Default.JobTerms);

    internal static JobTerms? Parse(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, JobTermsJson.Default.JobTerms);
}

/// <summary>What becomes of the money when nobody decided a dispute in time.</summary>
public enum DisputeOutcome
{
    Refund,
    Settle,
    Split,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobTerms))]
sealed partial class JobTermsJson : JsonSerializerContext;
