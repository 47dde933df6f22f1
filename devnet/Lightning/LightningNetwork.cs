using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Lightning;

/// <summary>
/// A Lightning network in one process: nodes that are names, real invoices, payments that settle by preimage, blocks.
/// Every node has money without end; what counts is who was paid, once. It keeps what it knows over a restart.
/// </summary>
public sealed partial class LightningNetwork : IDisposable
{
    /// <summary>Height at birth; ten minutes of real time are a block, and more can be mined.</summary>
    const int FirstHeight = 900_000;
    const string UnknownDetails = "incorrect_or_unknown_payment_details";
    const ulong BaseFeeMsat = 1_000;
    const ulong ProportionalFeePpm = 1_000;

    readonly Lock _gate = new();
    readonly TimeProvider _clock;
    readonly Journal<NetworkRecord> _journal;
    readonly Dictionary<string, Invoice> _byHash = [];
    readonly Dictionary<string, string> _hashByText = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<(string Hash, string Payer), Attempt> _attempts = [];
    readonly Dictionary<(string Hash, string Payer), TaskCompletionSource<Attempt>> _ends = [];
    string _seed = "";
    long _bornAt;
    int _mined;
    int _failNext;
    int _stallNext;

    /// <summary>Opens what is kept in a folder; without one it forgets with the process.</summary>
    public LightningNetwork(string? folder, TimeProvider clock)
    {
        _clock = clock;
        _journal = new(folder, "lightning.log", NetworkJson.Default.NetworkRecord);
        _journal.Replay(Apply);
        if (_bornAt > 0) return;
        Write(new() { Seed = Random32(), BornAt = clock.GetUtcNow().ToUnixTimeSeconds() });
    }

    /// <summary>Told after an invoice changed, outside of any lock.</summary>
    public event Action<Invoice>? InvoiceChanged;

    public int Height
    {
        get
        {
            lock (_gate)
            {
                return FirstHeight + _mined + (int)((_clock.GetUtcNow().ToUnixTimeSeconds() - _bornAt) / 600);
            }
        }
    }

    public int Mine(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_gate) Write(new() { Mined = count });
        return Height;
    }

    /// <summary>Payments that begin from now on: so many fail, the route refuses them.</summary>
    public void FailNext(int count) => Volatile.Write(ref _failNext, count);

    /// <summary>Payments that begin from now on: so many hang in the route until <see cref="Release"/>.</summary>
    public void StallNext(int count) => Volatile.Write(ref _stallNext, count);

    /// <summary>The compressed key of a node, 33 bytes.</summary>
    public byte[] KeyOf(string node) => CurvePoint.OfSecret(SecretOf(node))!.ToBytes();

    /// <summary>Writes an invoice that this network will settle.</summary>
    public Invoice Issue(InvoiceTerms terms)
    {
        var preimage = terms.HoldHash is null ? Random32() : null;
        var hash = terms.HoldHash ?? Sha256(preimage!);
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var described = terms.DescriptionHash is null;
        var text = InvoiceText.Write(
            new(
                Convert.FromHexString(hash), RandomNumberGenerator.GetBytes(32), terms.AmountMsat,
                described ? terms.Description : null,
                described ? null : Convert.FromHexString(terms.DescriptionHash!), now, terms.Expiry),
            SecretOf(terms.Node));
        var invoice = new Invoice(
            text, hash, terms.Node, terms.AmountMsat, preimage, now + terms.Expiry, terms.HoldHash is not null);
        lock (_gate)
        {
            if (_byHash.ContainsKey(hash)) throw new InvalidOperationException("There is an invoice with this hash.");
            Write(new() { Invoice = invoice });
        }

        return invoice;
    }

    /// <summary>An invoice by its text or its payment hash; null when it is of another network.</summary>
    public Invoice? Find(string bolt11OrHash)
    {
        lock (_gate)
        {
            return _byHash.GetValueOrDefault(_hashByText.GetValueOrDefault(bolt11OrHash, bolt11OrHash));
        }
    }

    /// <summary>The last payment of an invoice by a node; null when it never began.</summary>
    public Attempt? AttemptOf(string paymentHash, string payer)
    {
        lock (_gate) return _attempts.GetValueOrDefault((paymentHash, payer));
    }

    /// <summary>What a node was paid in all.</summary>
    public ulong ReceivedMsat(string node)
    {
        lock (_gate)
        {
            return _byHash.Values.Where(invoice => invoice.Node == node && invoice.State == InvoiceState.Settled)
                .Aggregate(0UL, (sum, invoice) => sum + invoice.PaidMsat);
        }
    }

    /// <summary>What a route to this invoice would take. A node pays itself for nothing.</summary>
    public static ulong FeeOf(Invoice invoice, string payer, ulong amountMsat) =>
        invoice.Node == payer ? 0 : BaseFeeMsat + (amountMsat * ProportionalFeePpm / 1_000_000);

    /// <summary>
    /// Begins a payment. A node's second payment of one invoice is the first one again while that flies or has
    /// succeeded. The amount is for an invoice without one.
    /// </summary>
    public Attempt Send(string bolt11, string payer, ulong feeLimitMsat, ulong? amountMsat = null)
    {
        Attempt attempt;
        Invoice? changed = null;
        lock (_gate)
        {
            var hash = _hashByText.GetValueOrDefault(bolt11, "");
            if (_attempts.GetValueOrDefault((hash, payer)) is { State: not AttemptState.Failed } known) return known;

            var invoice = _byHash.GetValueOrDefault(hash);
            var amount = invoice?.AmountMsat ?? amountMsat ?? 0;
            var fee = invoice is null ? 0 : FeeOf(invoice, payer, amount);
            attempt = new(hash, payer, amount, fee, AttemptState.InFlight);
            if (Refuse(invoice, amount, fee, feeLimitMsat) is { } reason)
            {
                attempt = attempt with { State = AttemptState.Failed, Reason = reason };
                if (invoice is not null) Write(new() { Attempt = attempt });
                return attempt;
            }

            Write(new() { Attempt = attempt });
            if (!Take(ref _stallNext)) (attempt, changed) = Arrive(attempt, invoice!);
        }

        if (changed is not null) InvoiceChanged?.Invoke(changed);
        return attempt;
    }

    /// <summary>Waits for a payment to end, however long it flies.</summary>
    public Task<Attempt> EndOfAsync(string paymentHash, string payer, CancellationToken ct)
    {
        lock (_gate)
        {
            var key = (paymentHash, payer);
            var attempt = _attempts[key];
            if (attempt.State != AttemptState.InFlight) return Task.FromResult(attempt);
            if (!_ends.TryGetValue(key, out var end))
            {
                end = _ends[key] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return end.Task.WaitAsync(ct);
        }
    }

    /// <summary>Lets stalled payments of an invoice go on, or fails them.</summary>
    public void Release(string paymentHash, bool succeed)
    {
        List<Invoice> changed = [];
        lock (_gate)
        {
            foreach (var attempt in InFlight(paymentHash))
            {
                var invoice = _byHash[paymentHash];
                if (invoice.State == InvoiceState.Accepted && invoice.Payer == attempt.Payer) continue;
                if (succeed && invoice.State == InvoiceState.Open) changed.Add(Arrive(attempt, invoice).Invoice);
                else End(attempt with { State = AttemptState.Failed, Reason = "temporary_channel_failure" });
            }
        }

        foreach (var invoice in changed) InvoiceChanged?.Invoke(invoice);
    }

    /// <summary>Settles a hold invoice that a payment waits on. False when none does.</summary>
    public bool Settle(string preimage)
    {
        Invoice changed;
        lock (_gate)
        {
            var invoice = _byHash.GetValueOrDefault(Sha256(preimage));
            if (invoice is not { State: InvoiceState.Accepted, Payer: { } payer }) return false;
            changed = SettleNow(_attempts[(invoice.PaymentHash, payer)], invoice, preimage).Invoice;
        }

        InvoiceChanged?.Invoke(changed);
        return true;
    }

    /// <summary>Cancels an invoice; a payment that waits on it goes back. False when it is settled.</summary>
    public bool Cancel(string paymentHash)
    {
        Invoice changed;
        lock (_gate)
        {
            var invoice = _byHash.GetValueOrDefault(paymentHash);
            if (invoice is null or { State: InvoiceState.Settled }) return false;
            changed = invoice with { State = InvoiceState.Canceled };
            Write(new() { Invoice = changed });
            foreach (var attempt in InFlight(paymentHash))
            {
                End(attempt with { State = AttemptState.Failed, Reason = UnknownDetails });
            }
        }

        InvoiceChanged?.Invoke(changed);
        return true;
    }

    public void Dispose() => _journal.Dispose();

    /// <summary>BOLT 4 §Failure Messages: what a payee or the route answers.</summary>
    string? Refuse(Invoice? invoice, ulong amount, ulong fee, ulong feeLimit) =>
        invoice is null ? "no_route" :
        invoice.State != InvoiceState.Open || invoice.ExpiresAt <= _clock.GetUtcNow().ToUnixTimeSeconds()
            ? UnknownDetails :
        amount == 0 ? "amount_missing" :
        fee > feeLimit ? "fee_insufficient" :
        Take(ref _failNext) ? "temporary_channel_failure" :
        null;

    (Attempt Attempt, Invoice Invoice) Arrive(Attempt attempt, Invoice invoice)
    {
        if (!invoice.Hold) return SettleNow(attempt, invoice, invoice.Preimage!);

        var accepted = invoice with
        {
            State = InvoiceState.Accepted,
            Payer = attempt.Payer,
            PaidMsat = attempt.AmountMsat,
        };
        Write(new() { Invoice = accepted });
        return (attempt, accepted);
    }

    (Attempt Attempt, Invoice Invoice) SettleNow(Attempt attempt, Invoice invoice, string preimage)
    {
        var settled = invoice with
        {
            State = InvoiceState.Settled,
            Payer = attempt.Payer,
            Preimage = preimage,
            PaidMsat = attempt.AmountMsat,
            SettledAt = _clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        var succeeded = attempt with { State = AttemptState.Succeeded, Preimage = preimage };
        Write(new() { Invoice = settled, Attempt = succeeded });
        Finish(succeeded);
        return (succeeded, settled);
    }

    List<Attempt> InFlight(string paymentHash) =>
    [
        .. _attempts.Values.Where(
            attempt => attempt.PaymentHash == paymentHash && attempt.State == AttemptState.InFlight),
    ];

    void End(Attempt ended)
    {
        Write(new() { Attempt = ended });
        Finish(ended);
    }

    void Finish(Attempt ended)
    {
        if (_ends.Remove((ended.PaymentHash, ended.Payer), out var end)) end.SetResult(ended);
    }

    void Write(NetworkRecord record)
    {
        _journal.Add(record);
        Apply(record);
    }

    void Apply(NetworkRecord record)
    {
        if (record.Seed is { } seed) (_seed, _bornAt) = (seed, record.BornAt);
        _mined += record.Mined;
        if (record.Attempt is { } attempt) _attempts[(attempt.PaymentHash, attempt.Payer)] = attempt;
        if (record.Invoice is not { } invoice) return;
        _byHash[invoice.PaymentHash] = invoice;
        _hashByText[invoice.Bolt11] = invoice.PaymentHash;
    }

    byte[] SecretOf(string node) =>
        HMACSHA256.HashData(Convert.FromHexString(_seed), Encoding.UTF8.GetBytes($"node {node}"));

    static bool Take(ref int left)
    {
        if (Volatile.Read(ref left) <= 0) return false;
        Interlocked.Decrement(ref left);
        return true;
    }

    static string Random32() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    static string Sha256(string hex) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(hex)));

    internal sealed record NetworkRecord
    {
        public string? Seed { get; init; }
        public long BornAt { get; init; }
        public int Mined { get; init; }
        public Invoice? Invoice { get; init; }
        public Attempt? Attempt { get; init; }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(NetworkRecord))]
    sealed partial class NetworkJson : JsonSerializerContext;
}
