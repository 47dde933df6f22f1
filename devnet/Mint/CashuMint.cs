using System.Text;
using PoA.Nostr.Crypto;
using PoA.Nostr.Devnet.Lightning;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// A Cashu mint, written from the NUTs and from nothing of the service's, on the devnet's Lightning network: quotes,
/// minting, swapping, melting, restoring. The edge gives each call its route.
/// </summary>
sealed class CashuMint : IDisposable
{
    /// <summary>1,023 groups of five bits (BOLT 11 § Tagged Fields).</summary>
    const int DescriptionBytesMax = 639;
    const ulong ReserveMinSat = 2;
    const ulong ReservePerCent = 1;
    readonly ProofCheck _check;
    readonly LightningNetwork _network;
    readonly MintOptions _options;
    readonly TimeProvider _clock;
    readonly CancellationTokenSource _closing = new();

    public CashuMint(MintBooks books, LightningNetwork network, MintOptions options, TimeProvider clock)
    {
        (Books, _network, _options, _clock) = (books, network, options, clock);
        _check = new(books, clock);
        network.InvoiceChanged += OnInvoice;
        foreach (var quote in books.Unpaid.Where(quote => network.Find(quote.PaymentHash) is not null))
        {
            OnInvoice(network.Find(quote.PaymentHash)!);
        }

        foreach (var quote in books.Pending) _ = ResumeAsync(quote);
    }

    public MintBooks Books { get; }

    long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>POST /v1/mint/quote/bolt11 (NUT-04, NUT-23, NUT-20).</summary>
    public MintQuote QuoteMint(MintQuoteRequest request)
    {
        RefuseUnit(request.Unit);
        RefuseAmount(request.Amount);
        if (request.Pubkey is not null && CurvePoint.Parse(request.Pubkey) is null)
        {
            throw new MintRefusal(MintError.QuoteKeyInvalid, "The quote's pubkey is not a compressed key.");
        }

        if (Encoding.UTF8.GetByteCount(request.Description ?? "") > DescriptionBytesMax)
        {
            throw new MintRefusal(MintError.Other, "The description does not fit an invoice.");
        }

        var invoice = _network.Issue(new(_options.Node, request.Amount * 1_000, request.Description ?? "")
        {
            Expiry = _options.QuoteSeconds,
        });
        var quote = new MintQuote(
            QuoteId(), invoice.Bolt11, invoice.PaymentHash, request.Amount, invoice.ExpiresAt, Now, request.Pubkey);
        lock (Books.Gate) Books.Write(new() { MintQuote = quote });
        return quote;
    }

    /// <summary>POST /v1/mint/bolt11 (NUT-04, NUT-20). A paid quote can be minted after its expiry too.</summary>
    public IReadOnlyList<BlindSignature> Mint(MintRequest request)
    {
        var quote = Books.MintQuoteOf(request.Quote) ?? throw UnknownQuote();
        if (quote.Pubkey is { } key)
        {
            QuoteSignature.Require(key, quote.Id, request.Outputs, request.Signature, _options.Dialect);
        }

        var sum = _check.Outputs(request.Outputs);
        var promises = Sign(request.Outputs);
        lock (Books.Gate)
        {
            quote = Books.MintQuoteOf(quote.Id)!;
            var refused = Books.RefuseOutputs(request.Outputs);
            if (_options.Dialect.OutputsFirst() && refused is not null) throw refused;
            if (quote.State == MintQuoteState.Unpaid) throw new MintRefusal(MintError.QuoteUnpaid, "Quote not paid.");
            if (refused is not null) throw refused;
            if (quote.State == MintQuoteState.Issued)
            {
                throw new MintRefusal(MintError.QuoteIssued, "Quote already issued.");
            }

            if (sum != quote.Amount) throw Unbalanced(quote.Amount, sum);
            Books.Write(new()
            {
                MintQuote = quote with { State = MintQuoteState.Issued, UpdatedAt = Now },
                Promises = promises,
            });
        }

        return [.. promises.Select(promise => promise.Signature)];
    }

    /// <summary>POST /v1/swap (NUT-03): inputs − fees = outputs (NUT-02).</summary>
    public IReadOnlyList<BlindSignature> Swap(SwapRequest request)
    {
        var inputs = _check.Inputs(request.Inputs, request.Outputs, quote: null);
        var sum = _check.Outputs(request.Outputs);
        if (inputs.Amount < inputs.Fee || inputs.Amount - inputs.Fee != sum) throw Unbalanced(inputs.Amount, sum);

        var promises = Sign(request.Outputs);
        lock (Books.Gate)
        {
            RefuseEither(inputs.Ys, request.Outputs);
            Books.Write(new() { Spent = inputs.Spent, Promises = promises });
        }

        return [.. promises.Select(promise => promise.Signature)];
    }

    /// <summary>POST /v1/melt/quote/bolt11 (NUT-05, NUT-23).</summary>
    public MeltQuote QuoteMelt(MeltQuoteRequest request)
    {
        RefuseUnit(request.Unit);
        var invoice = _network.Find(request.Request)
            ?? throw new MintRefusal(MintError.Other, "Not an invoice of this Lightning network.");
        if (invoice.State == InvoiceState.Settled)
        {
            throw new MintRefusal(MintError.InvoicePaid, "Invoice already paid.");
        }

        var msat = invoice.AmountMsat ?? request.Options?.Amountless?.AmountMsat
            ?? throw new MintRefusal(MintError.AmountlessInvoice, "The invoice has no amount: say one.");
        var amount = (msat + 999) / 1_000;
        RefuseAmount(amount);
        var reserve = invoice.Node == _options.Node ? 0 : Math.Max(ReserveMinSat, amount * ReservePerCent / 100);
        var quote = new MeltQuote(
            QuoteId(), request.Request, invoice.PaymentHash, amount, msat, reserve, Now + _options.QuoteSeconds);
        lock (Books.Gate) Books.Write(new() { MeltQuote = quote });
        return quote;
    }

    /// <summary>
    /// POST /v1/melt/bolt11 (NUT-05, NUT-08). Returns when the payment has ended, or at once as pending where that is
    /// preferred; the payment goes on when the caller goes away.
    /// </summary>
    public async Task<MeltQuote> MeltAsync(MeltRequest request, CancellationToken ct)
    {
        var blanks = request.Outputs ?? [];
        var quote = Books.MeltQuoteOf(request.Quote) ?? throw UnknownQuote();
        var inputs = _check.Inputs(request.Inputs, blanks, quote.Id);
        _check.Outputs([.. blanks.Select(blank => blank with { Amount = 1 })]);
        var needed = quote.Amount + quote.FeeReserve + inputs.Fee;
        if (inputs.Amount < needed) throw Unbalanced(inputs.Amount, needed);

        lock (Books.Gate)
        {
            quote = Books.MeltQuoteOf(quote.Id)!;
            if (Refuse(quote) is { } refused) throw refused;
            RefuseEither(inputs.Ys, blanks);
            quote = quote with { State = MeltQuoteState.Pending, Inputs = request.Inputs, Blanks = blanks };
            Books.Write(new() { MeltQuote = quote });
        }

        Pay(quote);
        var ending = EndAsync(quote);
        if (request.PreferAsync) return quote;

        var (ended, failure) = await ending.WaitAsync(ct);
        return failure is null
            ? ended
            : throw new MintRefusal(MintError.PaymentFailed, $"Lightning payment failed: {failure}.");
    }

    /// <summary>POST /v1/checkstate (NUT-07), in the order of the question.</summary>
    public ProofStates CheckState(CheckStateRequest request) => new([.. request.Ys.Select(Books.StateOf)]);

    /// <summary>POST /v1/restore (NUT-09): those that were signed, with what was answered.</summary>
    public RestoreResponse Restore(RestoreRequest request)
    {
        var known = request.Outputs
            .Select(output => (Output: output, Signature: Books.PromiseOf(output.B)))
            .Where(pair => pair.Signature is not null)
            .ToList();
        return new(
            [.. known.Select(pair => pair.Output with { Amount = pair.Signature!.Amount, Id = pair.Signature.Id })],
            [.. known.Select(pair => pair.Signature!)]);
    }

    public void Dispose()
    {
        _network.InvoiceChanged -= OnInvoice;
        _closing.Cancel();
        _closing.Dispose();
        Books.Dispose();
    }

    void OnInvoice(Invoice invoice)
    {
        if (invoice.Node != _options.Node || invoice.State != InvoiceState.Settled) return;
        lock (Books.Gate)
        {
            if (Books.MintQuoteOfHash(invoice.PaymentHash) is not { State: MintQuoteState.Unpaid } quote) return;
            Books.Write(new() { MintQuote = quote with { State = MintQuoteState.Paid, UpdatedAt = Now } });
        }
    }

    /// <summary>After a restart: a payment that never began begins now, since its intent was written first.</summary>
    Task<(MeltQuote Quote, string? Failure)> ResumeAsync(MeltQuote quote)
    {
        if (_network.AttemptOf(quote.PaymentHash, _options.Node) is null) Pay(quote);
        return EndAsync(quote);
    }

    void Pay(MeltQuote quote) =>
        _network.Send(quote.Request, _options.Node, feeLimitMsat: quote.FeeReserve * 1_000, quote.AmountMsat);

    /// <summary>Waits for the payment, then spends the inputs, or lets them go with the reason.</summary>
    async Task<(MeltQuote Quote, string? Failure)> EndAsync(MeltQuote quote)
    {
        var attempt = await _network.EndOfAsync(quote.PaymentHash, _options.Node, _closing.Token);
        if (attempt.State == AttemptState.Failed)
        {
            var unpaid = quote with { State = MeltQuoteState.Unpaid, Inputs = [], Blanks = [] };
            lock (Books.Gate) Books.Write(new() { MeltQuote = unpaid });
            return (unpaid, attempt.Reason);
        }

        var melted = Melted(quote, attempt);
        lock (Books.Gate) Books.Write(melted);
        return (melted.MeltQuote!, null);
    }

    /// <summary>NUT-08 §Mint flow: overpaid = inputs − input fees − amount − what the route took.</summary>
    MintRecord Melted(MeltQuote quote, Attempt attempt)
    {
        var inputs = quote.Inputs;
        var fee = (attempt.FeeMsat + 999) / 1_000;
        var inputFee = (inputs.Aggregate(
            0UL, (sum, proof) => sum + (ulong)Books.KeysetOf(proof.Id)!.Terms.InputFeePpk) + 999) / 1_000;
        var paid = inputs.Aggregate(0UL, (sum, proof) => sum + proof.Amount);
        var change = Change(paid - inputFee - quote.Amount - fee, quote.Blanks);
        return new()
        {
            MeltQuote = quote with
            {
                State = MeltQuoteState.Paid,
                Preimage = attempt.Preimage,
                Inputs = [],
                Blanks = [],
                Change = [.. change.Select(promise => promise.Signature)],
            },
            Spent = [.. inputs.Select(proof => new SpentProof(
                Bdhke.HashToCurve(proof.Secret).ToHex(), proof.Amount, proof.WitnessText))],
            Promises = change,
        };
    }

    /// <summary>NUT-08: what is left, in powers of two, on the first of the blanks, in their order.</summary>
    List<Promise> Change(ulong overpaid, IReadOnlyList<BlindedMessage> blanks) =>
    [
        .. Enumerable.Range(0, 64).Select(power => 1UL << power).Where(amount => (overpaid & amount) != 0)
            .TakeLast(blanks.Count).Zip(blanks, (amount, blank) =>
                new Promise(blank.B, _check.Sign(blank with { Amount = amount }))),
    ];

    List<Promise> Sign(IEnumerable<BlindedMessage> outputs) =>
        [.. outputs.Select(output => new Promise(output.B, _check.Sign(output)))];

    MintRefusal? Refuse(MeltQuote quote) =>
        quote.State == MeltQuoteState.Pending ? new(MintError.QuotePending, "Quote is pending.") :
        quote.State == MeltQuoteState.Paid ? new(MintError.InvoicePaid, "Invoice already paid.") :
        quote.Expiry <= Now ? new(MintError.QuoteExpired, "Quote is expired.") :
        Books.IsMelting(quote.PaymentHash) ? new(MintError.QuotePending, "The invoice is being paid already.") :
        null;

    void RefuseEither(IEnumerable<string> ys, IEnumerable<BlindedMessage> outputs)
    {
        var (spent, signed) = (Books.RefuseInputs(ys), Books.RefuseOutputs(outputs));
        var first = _options.Dialect.OutputsFirst() ? signed ?? spent : spent ?? signed;
        if (first is not null) throw first;
    }

    void RefuseAmount(ulong sat)
    {
        if (sat == 0 || sat > (ulong)_options.QuoteSatMax)
        {
            throw new MintRefusal(MintError.AmountOutOfRange, $"Between 1 and {_options.QuoteSatMax} sat.");
        }
    }

    static void RefuseUnit(string unit)
    {
        if (unit != Keyset.Unit) throw new MintRefusal(MintError.UnitUnsupported, "The unit is sat.");
    }

    /// <summary>NUT-04: UUID v7, a secret of wallet and mint.</summary>
    string QuoteId() => Guid.CreateVersion7(_clock.GetUtcNow()).ToString();

    static MintRefusal UnknownQuote() => new(MintError.Other, "Quote not found.");

    static MintRefusal Unbalanced(ulong inputs, ulong outputs) =>
        new(MintError.Unbalanced, $"Inputs ({inputs}) and outputs ({outputs}) do not balance with the fees.");
}
