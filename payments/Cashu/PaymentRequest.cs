using System.Buffers.Text;
using System.Formats.Cbor;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// What a payee asks a wallet for (NUT-18), written <c>creqA…</c>. In a 402 it has no transport (NUT-24).
/// </summary>
/// <param name="Id">Comes back with the payment.</param>
/// <param name="Amount">In the unit; null leaves it to the payer.</param>
/// <param name="Unit">Present where an amount is.</param>
/// <param name="Mints">Whose ecash is taken; none means any.</param>
public sealed record PaymentRequest(string? Id, ulong? Amount, string? Unit, IReadOnlyList<string> Mints)
{
    /// <summary>The header of a 402 and of the request that pays it (NUT-24).</summary>
    public const string Header = "X-Cashu";

    const int BytesMax = 16 * 1024;
    const int ItemsMax = 32;

    public string? Description { get; init; }

    /// <summary>To be paid once.</summary>
    public bool? IsSingleUse { get; init; }

    /// <summary>Ways to hand it over, best first.</summary>
    public IReadOnlyList<PaymentTransport> Transports { get; init; } = [];

    /// <summary>How the ecash must be locked.</summary>
    public RequestedLock? Lock { get; init; }

    /// <summary>What is wrong with a token as the answer to this. Null is welcome.</summary>
    public Problem? Refuse(CashuToken token) =>
        Mints.Count > 0 && !Mints.Contains(token.Mint)
            ? CashuProblems.MintNotListed with { Detail = $"We take: {string.Join(", ", Mints)}." } :
        Unit is not null && token.Unit != Unit ? CashuProblems.WrongUnit :
        Amount is { } amount && token.Amount < amount
            ? CashuProblems.TooLittle with { Detail = $"{amount} {Unit} were asked for.", Price = PriceOf(amount) } :
        Lock is { } locked && !token.Proofs.All(locked.Holds) ? CashuProblems.NotOurs :
        null;

    public string Write()
    {
        var writer = new CborWriter(CborConformanceMode.Strict, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        if (Id is { } id) writer.Text("i", id);
        if (Amount is { } amount)
        {
            writer.WriteTextString("a");
            writer.WriteUInt64(amount);
        }

        if (Unit is { } unit) writer.Text("u", unit);
        if (IsSingleUse is { } single)
        {
            writer.WriteTextString("s");
            writer.WriteBoolean(single);
        }

        if (Mints.Count > 0) writer.Texts("m", Mints);
        if (Description is { } description) writer.Text("d", description);
        if (Transports.Count > 0)
        {
            writer.WriteTextString("t");
            writer.WriteStartArray(Transports.Count);
            foreach (var transport in Transports) transport.Write(writer);
            writer.WriteEndArray();
        }

        Lock?.Write(writer);
        writer.WriteEndMap();
        return "creqA" + Base64Url.EncodeToString(writer.Encode());
    }

    /// <exception cref="ProblemException"><see cref="CashuProblems.MalformedRequest"/>.</exception>
    public static PaymentRequest Parse(string text)
    {
        if (text.Length > BytesMax || !text.StartsWith("creqA", StringComparison.Ordinal)
            || CashuToken.Decode(text[5..]) is not { } bytes)
        {
            throw new ProblemException(CashuProblems.MalformedRequest);
        }

        return Cbor.Read(bytes, CashuProblems.MalformedRequest, Read);
    }

    static PaymentRequest Read(CborReader reader)
    {
        var request = new PaymentRequest(null, null, null, []);
        reader.Map(key =>
        {
            if (key is not ("i" or "a" or "u" or "s" or "m" or "d" or "t" or "nut10")) return false;
            if (reader.TryReadNull()) return true;
            request = key switch
            {
                "i" => request with { Id = reader.ReadTextString() },
                "a" => request with { Amount = reader.ReadUInt64() },
                "u" => request with { Unit = reader.ReadTextString() },
                "s" => request with { IsSingleUse = reader.ReadBoolean() },
                "m" => request with { Mints = [.. reader.List(ItemsMax, reader.ReadTextString)] },
                "d" => request with { Description = reader.ReadTextString() },
                "t" => request with { Transports = reader.List(ItemsMax, () => PaymentTransport.Read(reader)) },
                _ => request with { Lock = RequestedLock.Read(reader) },
            };
            return true;
        });
        return request.Amount is not null && request.Unit is null
            ? throw new CborContentException("An amount has a unit.")
            : request;
    }

    Msat? PriceOf(ulong amount) => Unit == "sat" && amount < long.MaxValue / 1_000 ? Msat.FromSat((long)amount) : null;
}

/// <summary>A way to hand a payment over.</summary>
/// <param name="Type"><c>nostr</c> or <c>post</c>.</param>
/// <param name="Target">An nprofile, or a URL.</param>
public sealed record PaymentTransport(string Type, string Target)
{
    /// <summary><c>["n","17"]</c>: by NIP-17.</summary>
    public IReadOnlyList<string[]> Tags { get; init; } = [];

    internal void Write(CborWriter writer)
    {
        writer.WriteStartMap(Tags.Count > 0 ? 3 : 2);
        writer.Text("t", Type);
        writer.Text("a", Target);
        if (Tags.Count > 0) writer.Tags("g", Tags);
        writer.WriteEndMap();
    }

    internal static PaymentTransport Read(CborReader reader)
    {
        string? type = null, target = null;
        IReadOnlyList<string[]> tags = [];
        reader.Map(key =>
        {
            switch (key)
            {
                case "t": type = reader.ReadTextString(); break;
                case "a": target = reader.ReadTextString(); break;
                case "g": tags = reader.TryReadNull() ? [] : reader.ReadTags(); break;
                default: return false;
            }

            return true;
        });
        return type is null || target is null
            ? throw new CborContentException("A transport has a type and a target.")
            : new(type, target) { Tags = tags };
    }
}

/// <summary>How the payee wants the ecash locked (NUT-10 option).</summary>
/// <param name="Kind"><c>P2PK</c> or <c>HTLC</c>.</param>
/// <param name="Data">A key or a hash.</param>
public sealed record RequestedLock(string Kind, string Data)
{
    public IReadOnlyList<string[]> Tags { get; init; } = [];

    /// <summary>Whether this proof is locked so.</summary>
    internal bool Holds(Proof proof) =>
        SpendingCondition.Parse(proof.Secret) is { } condition
        && condition.IsHash == (Kind == "HTLC") && condition.Data == Data
        && Tags.All(tag => condition.Tags.Any(own => own.SequenceEqual(tag)));

    internal void Write(CborWriter writer)
    {
        writer.WriteTextString("nut10");
        writer.WriteStartMap(Tags.Count > 0 ? 3 : 2);
        writer.Text("k", Kind);
        writer.Text("d", Data);
        if (Tags.Count > 0) writer.Tags("t", Tags);
        writer.WriteEndMap();
    }

    internal static RequestedLock Read(CborReader reader)
    {
        string? kind = null, data = null;
        IReadOnlyList<string[]> tags = [];
        reader.Map(key =>
        {
            switch (key)
            {
                case "k": kind = reader.ReadTextString(); break;
                case "d": data = reader.ReadTextString(); break;
                case "t": tags = reader.TryReadNull() ? [] : reader.ReadTags(); break;
                default: return false;
            }

            return true;
        });
        return kind is null || data is null
            ? throw new CborContentException("A lock has a kind and its data.")
            : new(kind, data) { Tags = tags };
    }
}
