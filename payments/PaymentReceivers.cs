using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace PoA.Nostr.Payments;

/// <summary>
/// Finds whom a payment is for. They are looked up when the first payment comes, since who receives also pays out and
/// so stands on the rails himself.
/// </summary>
public sealed class PaymentReceivers(IServiceProvider services)
{
    readonly Lazy<Dictionary<string, IPaymentReceiver>> _receivers = new(() =>
        services.GetServices<IPaymentReceiver>().ToDictionary(receiver => receiver.Word, StringComparer.Ordinal));

    /// <summary>Whether somebody would take a payment for this: to be asked before any money moves.</summary>
    public bool Knows(PaymentPurpose purpose) => _receivers.Value.ContainsKey(purpose.Word);

    public Task ReceiveAsync(NpgsqlTransaction tx, ReceivedPayment payment, CancellationToken ct) =>
        _receivers.Value.TryGetValue(payment.Purpose.Word, out var receiver)
            ? receiver.ReceiveAsync(tx, payment, ct)
            : throw new InvalidOperationException($"Nobody receives payments for {payment.Purpose.Word}.");
}
