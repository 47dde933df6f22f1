using System.Formats.Cbor;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Tokens in CBOR (NUT-00, "V4 tokens"): proofs in groups by keyset, one-letter keys, bytes for hex.</summary>
static class TokenV4
{
    public static CashuToken Read(byte[] cbor) => Cbor.Read(cbor, CashuProblems.MalformedToken, ReadToken);

    static CashuToken ReadToken(CborReader reader)
    {
        string? mint = null, unit = null, memo = null;
        List<Proof> proofs = [];
        reader.Map(key =>
        {
            switch (key)
            {
                case "m": mint = reader.ReadTextString(); break;
                case "u": unit = reader.ReadTextString(); break;
                case "d" when !reader.TryReadNull(): memo = reader.ReadTextString(); break;
                case "t": reader.Array(CashuToken.BytesMax, () => ReadGroup(reader, proofs)); break;
                default: return false;
            }

            return true;
        });
        return mint is null || unit is null
            ? throw new CborContentException("A token names its mint and its unit.")
            : new(CashuToken.MintUrl(mint), unit, proofs) { Memo = memo };
    }

    static void ReadGroup(CborReader reader, List<Proof> proofs)
    {
        string? id = null;
        List<Proof> own = [];
        reader.Map(key =>
        {
            switch (key)
            {
                case "i": id = Convert.ToHexStringLower(reader.ReadByteString()); break;
                case "p": reader.Array(CashuToken.BytesMax, () => own.Add(ReadProof(reader))); break;
                default: return false;
            }

            return true;
        });
        if (id is null) throw new CborContentException("A group of proofs names its keyset.");
        proofs.AddRange(own.Select(proof => proof with { Id = id }));
        if (proofs.Count > CashuToken.ProofsMax) throw new ProblemException(CashuProblems.TokenTooLarge);
    }

    static Proof ReadProof(CborReader reader)
    {
        ulong? amount = null;
        string? secret = null, c = null, witness = null;
        Dleq? dleq = null;
        reader.Map(key =>
        {
            switch (key)
            {
                case "a": amount = reader.ReadUInt64(); break;
                case "s": secret = reader.ReadTextString(); break;
                case "c": c = Convert.ToHexStringLower(reader.ReadByteString()); break;
                case "d" when !reader.TryReadNull(): dleq = ReadDleq(reader); break;
                case "w" when !reader.TryReadNull(): witness = reader.ReadTextString(); break;
                default: return false;
            }

            return true;
        });
        return amount is null || secret is null || c is null
            ? throw new CborContentException("A proof has an amount, a secret and a signature.")
            : new(amount.Value, "", secret, c) { Dleq = dleq, Witness = witness };
    }

    static Dleq ReadDleq(CborReader reader)
    {
        string? e = null, s = null, r = null;
        reader.Map(key =>
        {
            switch (key)
            {
                case "e": e = Convert.ToHexStringLower(reader.ReadByteString()); break;
                case "s": s = Convert.ToHexStringLower(reader.ReadByteString()); break;
                case "r": r = Convert.ToHexStringLower(reader.ReadByteString()); break;
                default: return false;
            }

            return true;
        });
        return new(e ?? "", s ?? "", r);
    }

    /// <summary>In the order of the specification's examples, so that equal tokens are equal text.</summary>
    public static byte[] Write(CashuToken token)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        var groups = token.Proofs.GroupBy(proof => proof.Id).ToList();
        writer.WriteStartMap(token.Memo is null ? 3 : 4);
        writer.WriteTextString("t");
        writer.WriteStartArray(groups.Count);
        foreach (var group in groups)
        {
            writer.WriteStartMap(2);
            writer.WriteTextString("i");
            writer.WriteByteString(Convert.FromHexString(group.Key));
            writer.WriteTextString("p");
            writer.WriteStartArray(group.Count());
            foreach (var proof in group) WriteProof(writer, proof);
            writer.WriteEndArray();
            writer.WriteEndMap();
        }

        writer.WriteEndArray();
        if (token.Memo is { } memo) writer.Text("d", memo);
        writer.Text("m", token.Mint);
        writer.Text("u", token.Unit);
        writer.WriteEndMap();
        return writer.Encode();
    }

    static void WriteProof(CborWriter writer, Proof proof)
    {
        writer.WriteStartMap(3 + (proof.Dleq is null ? 0 : 1) + (proof.Witness is null ? 0 : 1));
        writer.WriteTextString("a");
        writer.WriteUInt64(proof.Amount);
        writer.Text("s", proof.Secret);
        writer.Bytes("c", proof.C);
        if (proof.Dleq is { } dleq)
        {
            writer.WriteTextString("d");
            writer.WriteStartMap(dleq.R is null ? 2 : 3);
            writer.Bytes("e", dleq.E);
            writer.Bytes("s", dleq.S);
            if (dleq.R is { } r) writer.Bytes("r", r);
            writer.WriteEndMap();
        }

        if (proof.Witness is { } witness) writer.Text("w", witness);
        writer.WriteEndMap();
    }
}
