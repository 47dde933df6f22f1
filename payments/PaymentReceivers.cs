using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PoA.Nostr.Payments.Cashu;

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

    /// <summary>
    /// What is to be written when an operation ends in a refusal. Nothing while its sender waits for our answer.
    /// </summary>
    internal async Task<Func<NpgsqlTransaction, Task>> RefuseAsync(Operation op, Problem problem, CancellationToken ct)
    {
        var details = op.Details;
        var tell = op.IsLate && details.Purpose is { } purpose
            && _receivers.Value.TryGetValue(PaymentPurpose.Parse(purpose).Word, out var receiver)
                ? await receiver.RefuseAsync(new(PaymentPurpose.Parse(purpose), details.Payer, problem), ct)
                : null;
        return tell ?? (static _ => Task.CompletedTask);
    }
}
