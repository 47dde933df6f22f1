namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// The wallet: ecash in, ecash out, and Lightning by way of the mints that we hold ecash of. Every call is written down
/// before anything is sent, and asking again with the same id is the same deed.
/// </summary>
public sealed class CashuWallet : ILightningGateway
{
    readonly ReceiveToken _receive;
    readonly ForeignToken _foreign;
    readonly SendToken _send;
    readonly MintInvoice _mint;
    readonly MeltInvoice _melt;
    readonly TidyEcash _tidy;
    readonly MintClient _mints;
    readonly MintKeysets _keysets;

    internal CashuWallet(
        ReceiveToken receive, ForeignToken foreign, SendToken send, MintInvoice mint, MeltInvoice melt, TidyEcash tidy,
        MintClient mints, MintKeysets keysets)
    {
        (_receive, _foreign, _send, _mint, _melt, _tidy) = (receive, foreign, send, mint, melt, tidy);
        (_mints, _keysets) = (mints, keysets);
    }

    /// <summary>Mints whose ecash we take, best first.</summary>
    public IReadOnlyList<string> Mints => _mints.Mints;

    /// <summary>Takes a token, and tells whom it is for once it is ours. Nothing a stranger sends throws.</summary>
    public Task<ReceiveOutcome> ReceiveAsync(TokenPayment payment, CancellationToken ct) =>
        _mints.Mints.Contains(payment.Token.Mint) || !_mints.MayAskForeign(payment.Token.Mint)
            ? _receive.HandleAsync(payment, ct)
            : _foreign.HandleAsync(payment, ct);

    /// <summary>Makes a token out of an account's money.</summary>
    /// <exception cref="ProblemException">
    /// <see cref="CashuProblems.UnderWay"/>: ask again. Any other: it was not made, and the money is where it was.
    /// </exception>
    public Task<CashuToken> SendAsync(TokenOrder order, CancellationToken ct) => _send.HandleAsync(order, ct);

    /// <summary>
    /// Before something else is done with the money of a token that could not be made: nobody makes it after this.
    /// False when somebody was quicker: then it must be asked for again.
    /// </summary>
    public Task<bool> GiveUpAsync(Guid order, CancellationToken ct) => _send.GiveUpAsync(order, ct);

    public Task<LightningInvoice> RequestAsync(InvoiceRequest request, CancellationToken ct) =>
        _mint.HandleAsync(request, ct);

    public Task<PayOutcome> PayAsync(LightningPayment payment, CancellationToken ct) =>
        _melt.HandleAsync(payment, ct);

    /// <summary>
    /// What a payer must give, in proofs as few as can be, so that this much is left after the mint's fee: a price
    /// grossed up.
    /// </summary>
    public async Task<Msat> GrossAsync(string mint, Msat net, CancellationToken ct)
    {
        var active = await _keysets.ActiveAsync(mint, ct);
        var amounts = CoinSelection.Gross(active, (net.Value + 999) / 1_000)
            ?? throw new ProblemException(CashuProblems.WrongAmount);
        return Msat.FromSat(amounts.Sum(amount => (long)amount));
    }

    /// <summary>Looks at an operation now: for who cannot wait for the worker, and for tests.</summary>
    internal Task RunAsync(Operation op, CancellationToken ct) => op.Kind switch
    {
        "receive" => _receive.RunAsync(op with { IsLate = true }, ct),
        "foreign" => _foreign.RunAsync(op with { IsLate = true }, ct),
        "send" => _send.RunAsync(op, ct),
        "mint" => _mint.RunAsync(op, ct),
        "melt" => _melt.RunAsync(op, ct),
        "swap" => _tidy.RunAsync(op, ct),
        _ => throw new InvalidOperationException($"There is no operation {op.Kind}."),
    };
}
