using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Payments;

namespace PoA.Nostr.Market.Escrow;

/// <summary>A row of market.payment: what came in, and what became of it.</summary>
sealed record PaymentRecord(
    Guid Id, string Purpose, string? Job, string Rail, string Reference, string? Payer, long AmountMsat, long PaidMsat,
    string Outcome)
{
    public static PaymentRecord Of(ReceivedPayment payment, string? job, string outcome) => new(
        payment.Id, payment.Purpose.ToString(), job, payment.Rail, payment.Reference, payment.Payer,
        payment.Amount.Value, payment.Paid.Value, outcome);

    /// <summary>False when this payment, or one by the same reference of its rail, was received before.</summary>
    public async Task<bool> AddAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        await tx.RunAsync(Insert, this, ct) == 1;

    const string Insert = """
        insert into market.payment (id, purpose, job, rail, reference, payer, amount_msat, paid_msat, outcome)
        values (@Id, @Purpose, @Job, @Rail, @Reference, @Payer, @AmountMsat, @PaidMsat, @Outcome)
        on conflict do nothing
        """;
}
