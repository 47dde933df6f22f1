using System.Text.Json.Nodes;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>What the mint says about itself, its keys and its quotes, in the words of each dialect.</summary>
sealed class MintForms(MintBooks books, MintOptions options, TimeProvider clock, Func<string> faucet)
{
    /// <summary>As long as a point of BLS12-381 (96 bytes): not of this curve, and not for our wallet.</summary>
    static readonly string BlsId = "02" + new string('b', 64);
    static readonly string BlsKey = "8" + new string('a', 191);

    /// <summary>GET /v1/info (NUT-06).</summary>
    public JsonObject Info()
    {
        var method = new JsonObject
        {
            ["method"] = "bolt11",
            ["unit"] = Keyset.Unit,
            ["min_amount"] = 1,
            ["max_amount"] = options.QuoteSatMax,
        };
        if (options.Dialect == MintDialect.Nutshell020) method["method_name"] = "Bolt11";
        var minting = method.DeepClone().AsObject();
        minting["options"] = new JsonObject { ["description"] = true };
        var melting = method;
        melting["options"] = new JsonObject { ["amountless"] = true };
        var nuts = new JsonObject
        {
            ["4"] = new JsonObject { ["methods"] = new JsonArray(minting), ["disabled"] = false },
            ["5"] = new JsonObject { ["methods"] = new JsonArray(melting), ["disabled"] = false },
        };
        foreach (var nut in new[] { "7", "8", "9", "10", "11", "12", "14", "20" })
        {
            nuts[nut] = new JsonObject { ["supported"] = true };
        }

        nuts["17"] = new JsonObject { ["supported"] = new JsonArray(Commands()) };
        if (options.Dialect.Caches()) nuts["19"] = Caching();
        return new()
        {
            ["name"] = "devnet mint",
            ["pubkey"] = books.Active.Keys[1],
            ["version"] = options.Dialect switch
            {
                MintDialect.Nutshell018 => "Nutshell/0.18.2",
                MintDialect.Nutshell020 => "Nutshell/0.20.2",
                _ => "PoA.Nostr devnet/1",
            },
            ["description"] = "Play money on a Lightning network of one machine.",
            ["contact"] = new JsonArray(new JsonObject { ["method"] = "faucet", ["info"] = faucet() }),
            ["time"] = clock.GetUtcNow().ToUnixTimeSeconds(),
            ["nuts"] = nuts,
        };
    }

    /// <summary>GET /v1/keys (NUT-01): the active keysets only; with an id, that one (NUT-02).</summary>
    public JsonObject Keys(IEnumerable<Keyset> keysets)
    {
        var list = new JsonArray();
        foreach (var keyset in keysets)
        {
            var keys = new JsonObject();
            foreach (var (amount, key) in keyset.Keys)
            {
                keys[amount.ToString(System.Globalization.CultureInfo.InvariantCulture)] = key;
            }

            var form = Form(keyset);
            form["keys"] = keys;
            list.Add(form);
        }

        if (options.ListsBlsKeyset) list.Add(Bls(new JsonObject { ["1"] = BlsKey }));
        return new() { ["keysets"] = list };
    }

    /// <summary>GET /v1/keysets (NUT-02).</summary>
    public JsonObject Keysets()
    {
        var list = new JsonArray([.. books.Keysets.Select(Form)]);
        if (options.ListsBlsKeyset) list.Add(Bls(keys: null));
        return new() { ["keysets"] = list };
    }

    /// <summary>NUT-23 §Mint Quote, NUT-20; accounting as nuts pull request 377 has it.</summary>
    public JsonObject Quote(MintQuote quote)
    {
        var form = new JsonObject
        {
            ["quote"] = quote.Id,
            ["request"] = quote.Request,
            ["amount"] = quote.Amount,
            ["unit"] = Keyset.Unit,
            ["state"] = quote.State.ToString().ToUpperInvariant(),
            ["expiry"] = quote.Expiry,
        };
        if (quote.Pubkey is not null || options.Dialect == MintDialect.Nutshell018) form["pubkey"] = quote.Pubkey;
        if (options.Dialect == MintDialect.Nutshell018) form["paid"] = quote.State != MintQuoteState.Unpaid;
        if (options.Dialect == MintDialect.Nutshell020)
        {
            form["amount_paid"] = quote.State == MintQuoteState.Unpaid ? 0 : quote.Amount;
            form["amount_issued"] = quote.State == MintQuoteState.Issued ? quote.Amount : 0;
            form["updated_at"] = quote.UpdatedAt;
        }

        return form;
    }

    /// <summary>NUT-23 §Melt Quote, NUT-08.</summary>
    public static JsonObject Quote(MeltQuote quote)
    {
        var form = new JsonObject
        {
            ["quote"] = quote.Id,
            ["request"] = quote.Request,
            ["amount"] = quote.Amount,
            ["unit"] = Keyset.Unit,
            ["fee_reserve"] = quote.FeeReserve,
            ["state"] = quote.State.ToString().ToUpperInvariant(),
            ["expiry"] = quote.Expiry,
            ["payment_preimage"] = quote.Preimage,
        };
        if (quote.Change is { Count: > 0 } change)
        {
            form["change"] = new JsonArray([.. change.Select(Form)]);
        }

        return form;
    }

    /// <summary>NUT-07.</summary>
    public static JsonObject State(ProofState state) => new()
    {
        ["Y"] = state.Y,
        ["state"] = state.State,
        ["witness"] = state.Witness,
    };

    static JsonObject Form(BlindSignature signature) => new()
    {
        ["id"] = signature.Id,
        ["amount"] = signature.Amount,
        ["C_"] = signature.C,
        ["dleq"] = new JsonObject { ["e"] = signature.Dleq!.E, ["s"] = signature.Dleq.S },
    };

    JsonObject Form(Keyset keyset)
    {
        var form = new JsonObject
        {
            ["id"] = keyset.Id,
            ["unit"] = Keyset.Unit,
            ["active"] = keyset.Active,
            ["input_fee_ppk"] = keyset.Terms.InputFeePpk,
        };
        if (options.Dialect != MintDialect.Nutshell018) form["final_expiry"] = keyset.Terms.FinalExpiry;
        return form;
    }

    static JsonObject Bls(JsonObject? keys)
    {
        var form = new JsonObject
        {
            ["id"] = BlsId,
            ["unit"] = Keyset.Unit,
            ["active"] = true,
            ["input_fee_ppk"] = 0,
        };
        if (keys is not null) form["keys"] = keys;
        return form;
    }

    /// <summary>NUT-17 §Mint info setting.</summary>
    static JsonObject Commands() => new()
    {
        ["method"] = "bolt11",
        ["unit"] = Keyset.Unit,
        ["commands"] = new JsonArray("bolt11_mint_quote", "bolt11_melt_quote", "proof_state"),
    };

    static JsonObject Caching() => new()
    {
        ["ttl"] = ReplyCache.Seconds,
        ["cached_endpoints"] = new JsonArray(
            [.. ReplyCache.Paths.Select(path => new JsonObject { ["method"] = "POST", ["path"] = path })]),
    };
}
