using System.Net;

namespace PoA.Nostr.Blossom;

/// <summary>What a server asks for before it keeps a blob (BUD-07): any one of these.</summary>
/// <param name="Cashu">A payment request (NUT-18), or null.</param>
/// <param name="Lightning">A BOLT-11 invoice, or null.</param>
public sealed record BlobDemand(string? Cashu, string? Lightning)
{
    /// <summary>Null unless the answer is a 402 with something that can be paid.</summary>
    internal static BlobDemand? Of(HttpResponseMessage answer)
    {
        if (answer.StatusCode != HttpStatusCode.PaymentRequired) return null;
        var demand = new BlobDemand(Value("X-Cashu"), Value("X-Lightning"));
        return demand is { Cashu: null, Lightning: null } ? null : demand;

        string? Value(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
    }
}

/// <summary>The proof that goes back under the same header: a <c>cashuB</c> token, or a preimage in hex.</summary>
public sealed record BlobPayment(string Header, string Proof)
{
    public static BlobPayment Cashu(string token) => new("X-Cashu", token);

    public static BlobPayment Lightning(string preimage) => new("X-Lightning", preimage);

    public override string ToString() => $"{Header} (hidden)";
}

/// <summary>Pays, or answers null when it is too dear.</summary>
public delegate ValueTask<BlobPayment?> PayForBlob(BlobDemand demand, CancellationToken ct);
