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
}
