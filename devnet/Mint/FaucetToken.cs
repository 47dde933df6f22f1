using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Crypto;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>One coin of the faucet's: a proof with what a receiver needs to check it offline (NUT-12).</summary>
sealed record Coin(ulong Amount, string Secret, CurvePoint C, Dleq Dleq, byte[] Blinding);

/// <summary>
/// A wallet that only mints, for the faucet: it blinds, has the mint sign, unblinds, and writes a V4 token (NUT-00).
/// </summary>
static class FaucetToken
{
    /// <summary>Pays an invoice of the mint's and mints it.</summary>
    public static string Make(CashuMint mint, Lightning.LightningNetwork network, string mintUrl, ulong sat)
    {
        var quote = mint.QuoteMint(new(sat, Keyset.Unit, "faucet", Pubkey: null));
        var payment = network.Send(quote.Request, Faucet.Node, feeLimitMsat: ulong.MaxValue);
        if (payment.Reason is { } reason) throw new MintRefusal(MintError.PaymentFailed, reason);

        var keyset = mint.Books.Active;
        List<(string Secret, byte[] Blinding, BlindedMessage Output)> blinded = [];
        for (var bit = 0; bit < 64; bit++)
        {
            if ((sat & (1UL << bit)) != 0) blinded.Add(Blind(1UL << bit, keyset.Id));
        }

        var signatures = mint.Mint(new(quote.Id, [.. blinded.Select(coin => coin.Output)], Signature: null));
        var coins = blinded.Zip(
            signatures, (coin, signature) => Unblind(coin.Secret, coin.Blinding, signature, keyset));
        return "cashuB" + Base64Url.EncodeToString(Write(mintUrl, keyset.Id, [.. coins]));
    }

    /// <summary>B_ = Y + rG.</summary>
    static (string Secret, byte[] Blinding, BlindedMessage Output) Blind(ulong amount, string keyset)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        byte[] blinding;
        do blinding = RandomNumberGenerator.GetBytes(32);
        while (!Secp256k1.IsSecretKey(blinding));
        var point = Bdhke.HashToCurve(Encoding.UTF8.GetBytes(secret)).AddGenerator(blinding)!;
        return (secret, blinding, new(amount, keyset, point.ToHex()));
    }

    /// <summary>C = C_ − rK.</summary>
    static Coin Unblind(string secret, byte[] blinding, BlindSignature signature, Keyset keyset)
    {
        var key = CurvePoint.Parse(keyset.Keys[signature.Amount])!;
        var c = CurvePoint.Parse(signature.C)!.Subtract(key.Multiply(blinding)!)!;
        return new(signature.Amount, secret, c, signature.Dleq!, blinding);
    }

    /// <summary>NUT-00 §V4 tokens.</summary>
    static byte[] Write(string mintUrl, string keyset, List<Coin> coins)
    {
        var cbor = new CborWriter();
        cbor.WriteStartMap(3);
        cbor.WriteTextString("m");
        cbor.WriteTextString(mintUrl);
        cbor.WriteTextString("u");
        cbor.WriteTextString(Keyset.Unit);
        cbor.WriteTextString("t");
        cbor.WriteStartArray(1);
        cbor.WriteStartMap(2);
        cbor.WriteTextString("i");
        cbor.WriteByteString(Convert.FromHexString(keyset));
        cbor.WriteTextString("p");
        cbor.WriteStartArray(coins.Count);
        foreach (var coin in coins) Write(cbor, coin);
        cbor.WriteEndArray();
        cbor.WriteEndMap();
        cbor.WriteEndArray();
        cbor.WriteEndMap();
        return cbor.Encode();
    }

    static void Write(CborWriter cbor, Coin coin)
    {
        cbor.WriteStartMap(4);
        cbor.WriteTextString("a");
        cbor.WriteUInt64(coin.Amount);
        cbor.WriteTextString("s");
        cbor.WriteTextString(coin.Secret);
        cbor.WriteTextString("c");
        cbor.WriteByteString(coin.C.ToBytes());
        cbor.WriteTextString("d");
        cbor.WriteStartMap(3);
        cbor.WriteTextString("e");
        cbor.WriteByteString(Convert.FromHexString(coin.Dleq.E));
        cbor.WriteTextString("s");
        cbor.WriteByteString(Convert.FromHexString(coin.Dleq.S));
        cbor.WriteTextString("r");
        cbor.WriteByteString(coin.Blinding);
        cbor.WriteEndMap();
        cbor.WriteEndMap();
    }
}
