using Npgsql;

namespace PoA.Nostr.Payments;

/// <summary>
/// The seam to whoever money comes in for. It is called once per payment, in the transaction that completes the
/// payment's operation: what it writes stands if, and only if, the payment does.
/// </summary>
public interface IPaymentReceiver
{
    /// <summary>The word of the purposes that are read here.</summary>
    string Word { get; }

    /// <summary>
    /// Posts the whole amount from <see cref="ReceivedPayment.Source"/> to where it belongs. It never refuses: money
    /// that came too late or in excess is posted to a refund, because it has arrived.
    /// </summary>
    Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct);

    /// <summary>
    /// Ecash was refused after its sender had been let go with "we shall see". What is to be written together with the
    /// end of its operation, so that they hear of it once; null where nobody waits to hear.
    /// </summary>
    Task<Func<NpgsqlTransaction, Task>?> RefuseAsync(RefusedPayment refused, CancellationToken ct) =>
        Task.FromResult<Func<NpgsqlTransaction, Task>?>(null);
}

/// <summary>A payment that came to nothing: it is its sender's still, or was somebody else's before.</summary>
/// <param name="Purpose">What it was for.</param>
/// <param name="Payer">Key of who sent it, where that is known.</param>
/// <param name="Problem">Why it was refused.</param>
public sealed record RefusedPayment(PaymentPurpose Purpose, string? Payer, Problem Problem);
