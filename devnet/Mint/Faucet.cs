using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PoA.Nostr.Devnet.Lightning;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>
/// Play money for anybody on this machine, and the levers of the devnet: tokens, payments, invoices, blocks; keysets
/// and faults for tests that cannot reach into the process.
/// </summary>
sealed partial class Faucet(CashuMint mint, LightningNetwork network, MintFaults faults, Func<string> mintUrl)
{
    /// <summary>The node that pays whatever it is asked to.</summary>
    public const string Node = "faucet";

    /// <summary>A token, a payment or an invoice, at most.</summary>
    const long SatMax = 1_000_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/token", (HttpContext http) => Answer(http, FaucetJson.Default.Amount, amount =>
            new Reply { Token = FaucetToken.Make(mint, network, mintUrl(), Bounded(amount.AmountSat)) }));
        routes.MapPost("/pay", (HttpContext http) => AnswerAsync(http, FaucetJson.Default.Payment, async payment =>
        {
            var invoice = network.Find(payment.Invoice)
                ?? throw new MintRefusal(MintError.Other, "Not an invoice of this Lightning network.");
            if (network.Send(payment.Invoice, Node, ulong.MaxValue, payment.AmountMsat) is { Reason: { } refused })
            {
                throw new MintRefusal(MintError.PaymentFailed, refused);
            }

            var end = await network.EndOfAsync(invoice.PaymentHash, Node, http.RequestAborted);
            return end.Preimage is { } preimage
                ? new Reply { Preimage = preimage }
                : throw new MintRefusal(MintError.PaymentFailed, end.Reason ?? "");
        }));
        routes.MapPost("/invoice", (HttpContext http) => Answer(http, FaucetJson.Default.InvoiceOrder, order =>
        {
            var terms = new InvoiceTerms(Node, Bounded(order.AmountSat) * 1_000, order.Description ?? "");
            return new Reply { Invoice = network.Issue(terms).Bolt11 };
        }));
        routes.MapPost("/received", (HttpContext http) => Answer(http, FaucetJson.Default.Address, address =>
            new Reply { AmountSat = (long)(network.ReceivedMsat(AddressServer.NodeOf(address.Name)) / 1_000) }));
        routes.MapPost("/blocks", (HttpContext http) => Answer(http, FaucetJson.Default.Blocks, blocks =>
        {
            if (blocks.Count is < 1 or > 10_000) throw new MintRefusal(MintError.Other, "1 to 10,000 blocks.");
            return new Reply { Height = network.Mine(blocks.Count) };
        }));
        routes.MapPost("/rotate", (HttpContext http) => Answer(http, FaucetJson.Default.Rotation, rotation =>
        {
            if (rotation.Version is not (0 or 1)) throw new MintRefusal(MintError.Other, "Version 0 or 1.");
            return new Reply
            {
                Keyset = mint.Books.Rotate(rotation.Version, rotation.InputFeePpk, rotation.FinalExpiry).Id,
            };
        }));
        routes.MapPost("/faults", (HttpContext http) => Answer(http, FaucetJson.Default.FaultOrder, order =>
        {
            Order(order);
            return new Reply();
        }));
        routes.Map("/{**path}", (HttpContext http) => WriteAsync(
            http, StatusCodes.Status501NotImplemented, new Reply { Error = "The faucet has no such route." }));
    }

    void Order(FaultOrder order)
    {
        if (order.FailPayments > 0) network.FailNext(order.FailPayments);
        if (order.StallPayments > 0) network.StallNext(order.StallPayments);
        if (order.Release is { } hash) network.Release(hash, order.Succeed);
        if (order.Path is not { } path) return;
        var delay = TimeSpan.FromMilliseconds(Math.Clamp(order.DelayMs, 0, 60_000));
        for (var i = 0; i < Math.Clamp(order.Count, 1, 1_000); i++)
        {
            faults.Order(new(path, order.Kind) { Delay = delay });
        }
    }

    static Task Answer<T>(HttpContext http, JsonTypeInfo<T> form, Func<T, Reply> answer) =>
        AnswerAsync(http, form, request => Task.FromResult(answer(request)));

    static async Task AnswerAsync<T>(
        HttpContext http, JsonTypeInfo<T> form, Func<T, Task<Reply>> answer)
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync(http.Request.Body, form, http.RequestAborted)
                ?? throw new JsonException("It is null.");
            await WriteAsync(http, StatusCodes.Status200OK, await answer(request));
        }
        catch (Exception e) when (e is JsonException or MintRefusal)
        {
            await WriteAsync(http, StatusCodes.Status400BadRequest, new Reply { Error = e.Message });
        }
    }

    static Task WriteAsync(HttpContext http, int status, Reply reply)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(reply, FaucetJson.Default.Reply, cancellationToken: http.RequestAborted);
    }

    static ulong Bounded(long sat) =>
        sat is >= 1 and <= SatMax ? (ulong)sat : throw new MintRefusal(MintError.Other, $"1 to {SatMax} sat.");

    internal sealed record Amount(long AmountSat);

    internal sealed record Payment(string Invoice, ulong? AmountMsat);

    internal sealed record InvoiceOrder(long AmountSat, string? Description);

    internal sealed record Address(string Name);

    internal sealed record Blocks(int Count);

    internal sealed record Rotation(int Version, int InputFeePpk, long? FinalExpiry);

    internal sealed record FaultOrder(
        string? Path, MintFaultKind Kind, int Count, int DelayMs, int FailPayments, int StallPayments, string? Release,
        bool Succeed);

    internal sealed record Reply
    {
        public string? Token { get; init; }
        public string? Preimage { get; init; }
        public string? Invoice { get; init; }
        public long? AmountSat { get; init; }
        public int? Height { get; init; }
        public string? Keyset { get; init; }
        public string? Error { get; init; }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = [typeof(KindWords)])]
    [JsonSerializable(typeof(Amount))]
    [JsonSerializable(typeof(Payment))]
    [JsonSerializable(typeof(InvoiceOrder))]
    [JsonSerializable(typeof(Address))]
    [JsonSerializable(typeof(Blocks))]
    [JsonSerializable(typeof(Rotation))]
    [JsonSerializable(typeof(FaultOrder))]
    [JsonSerializable(typeof(Reply))]
    sealed partial class FaucetJson : JsonSerializerContext;

    /// <summary><c>drop-reply</c> and the like.</summary>
    sealed class KindWords() : JsonStringEnumConverter<MintFaultKind>(JsonNamingPolicy.KebabCaseLower);
}
