using System.Security.Cryptography;
using PoA.Nostr.Devnet.Lightning;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// What the mint knows: keysets, spent and pending proofs, promises, quotes. Everything is decided and written under
/// one lock, so that of two spends of one proof exactly one succeeds (NUT-07), also after a restart.
/// </summary>
sealed class MintBooks : IDisposable
{
    readonly Journal<MintRecord> _journal;
    readonly Dictionary<string, SpentProof> _spent = [];
    readonly Dictionary<string, string> _pendingInputs = [];
    readonly HashSet<string> _pendingOutputs = [];
    readonly Dictionary<string, BlindSignature> _promises = [];
    readonly Dictionary<string, MintQuote> _mintQuotes = [];
    readonly Dictionary<string, MeltQuote> _meltQuotes = [];
    readonly Dictionary<string, string> _quoteOfHash = [];
    readonly HashSet<string> _melting = [];
    readonly List<Keyset> _keysets = [];
    byte[] _seed = [];
    ulong _issued;
    ulong _redeemed;

    public MintBooks(string? folder, MintOptions options)
    {
        _journal = new(folder, "mint.log", MintJson.Default.MintRecord);
        _journal.Replay(Apply);
        if (_keysets.Count > 0) return;
        Write(new()
        {
            Seed = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            Keyset = new(0, options.KeysetVersion, options.InputFeePpk, FinalExpiry: null),
        });
    }

    /// <summary>Held around every look that a write depends on.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Told of each change, under the lock (NUT-17).</summary>
    public Action<MintRecord>? Changed { get; set; }

    public Keyset Active
    {
        get
        {
            lock (Gate) return _keysets[^1];
        }
    }

    /// <summary>The newest last.</summary>
    public IReadOnlyList<Keyset> Keysets
    {
        get
        {
            lock (Gate) return [.. _keysets];
        }
    }

    /// <summary>Makes a new keyset the active one (NUT-02 §Active keysets).</summary>
    public Keyset Rotate(int version, int inputFeePpk, long? finalExpiry)
    {
        lock (Gate)
        {
            Write(new() { Keyset = new(_keysets.Count, version, inputFeePpk, finalExpiry) });
            return _keysets[^1];
        }
    }

    /// <summary>Issued less spent, in sats: promises, minus the proofs that came back.</summary>
    public ulong Outstanding => Locked(() => _issued - _redeemed);

    public Keyset? KeysetOf(string id)
    {
        lock (Gate) return _keysets.Find(keyset => keyset.Id == id);
    }

    public MintQuote? MintQuoteOf(string id)
    {
        lock (Gate) return _mintQuotes.GetValueOrDefault(id);
    }

    public MintQuote? MintQuoteOfHash(string paymentHash)
    {
        lock (Gate) return _quoteOfHash.TryGetValue(paymentHash, out var id) ? _mintQuotes[id] : null;
    }

    public MeltQuote? MeltQuoteOf(string id)
    {
        lock (Gate) return _meltQuotes.GetValueOrDefault(id);
    }

    public IReadOnlyList<MintQuote> Unpaid => Locked(
        () => _mintQuotes.Values.Where(quote => quote.State == MintQuoteState.Unpaid).ToList());

    public IReadOnlyList<MeltQuote> Pending => Locked(
        () => _meltQuotes.Values.Where(quote => quote.State == MeltQuoteState.Pending).ToList());

    public ProofState StateOf(string y)
    {
        lock (Gate)
        {
            return _spent.TryGetValue(y, out var spent) ? new(y, "SPENT", spent.Witness)
                : new(y, _pendingInputs.ContainsKey(y) ? "PENDING" : "UNSPENT", null);
        }
    }

    public BlindSignature? PromiseOf(string blinded)
    {
        lock (Gate) return _promises.GetValueOrDefault(blinded);
    }

    /// <summary>Whether some quote pays, or has paid, the invoice of this hash. Call it under the lock.</summary>
    public bool IsMelting(string paymentHash) => _melting.Contains(paymentHash);

    /// <summary>Why these cannot be spent now; null when they can. Call it under the lock that writes.</summary>
    public MintRefusal? RefuseInputs(IEnumerable<string> ys)
    {
        foreach (var y in ys)
        {
            if (_spent.ContainsKey(y)) return new(MintError.ProofsSpent, "Token already spent.");
            if (_pendingInputs.ContainsKey(y)) return new(MintError.ProofsPending, "Token is pending.");
        }

        return null;
    }

    /// <summary>Why these cannot be signed now; null when they can. Call it under the lock that writes.</summary>
    public MintRefusal? RefuseOutputs(IEnumerable<BlindedMessage> outputs)
    {
        foreach (var output in outputs)
        {
            if (_promises.ContainsKey(output.B)) return new(MintError.OutputsSigned, "Outputs already signed.");
            if (_pendingOutputs.Contains(output.B)) return new(MintError.OutputsPending, "Outputs are pending.");
        }

        return null;
    }

    /// <summary>Call it under the lock. On disk when this returns.</summary>
    public void Write(MintRecord record)
    {
        _journal.Add(record);
        Apply(record);
        Changed?.Invoke(record);
    }

    public void Dispose() => _journal.Dispose();

    T Locked<T>(Func<T> read)
    {
        lock (Gate) return read();
    }

    void Apply(MintRecord record)
    {
        if (record.Seed is { } seed) _seed = Convert.FromHexString(seed);
        if (record.Keyset is { } terms)
        {
            foreach (var before in _keysets) before.Active = false;
            _keysets.Add(new(_seed, terms));
        }

        if (record.MintQuote is { } minted)
        {
            _mintQuotes[minted.Id] = minted;
            _quoteOfHash[minted.PaymentHash] = minted.Id;
        }

        if (record.MeltQuote is { } melted) Apply(melted);
        foreach (var spent in record.Spent ?? [])
        {
            _spent[spent.Y] = spent;
            _redeemed += spent.Amount;
        }

        foreach (var promise in record.Promises ?? [])
        {
            _promises[promise.B] = promise.Signature;
            _issued += promise.Signature.Amount;
        }
    }

    void Apply(MeltQuote quote)
    {
        if (_meltQuotes.TryGetValue(quote.Id, out var before))
        {
            foreach (var input in before.Inputs) _pendingInputs.Remove(Bdhke.HashToCurve(input.Secret).ToHex());
            foreach (var blank in before.Blanks) _pendingOutputs.Remove(blank.B);
        }

        if (before?.State == MeltQuoteState.Pending) _melting.Remove(quote.PaymentHash);
        if (quote.State != MeltQuoteState.Unpaid) _melting.Add(quote.PaymentHash);
        _meltQuotes[quote.Id] = quote;
        if (quote.State != MeltQuoteState.Pending) return;
        foreach (var input in quote.Inputs) _pendingInputs[Bdhke.HashToCurve(input.Secret).ToHex()] = quote.Id;
        foreach (var blank in quote.Blanks) _pendingOutputs.Add(blank.B);
    }
}
