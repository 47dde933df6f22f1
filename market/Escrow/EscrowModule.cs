using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Payments;
using PoA.Nostr.Payments.Lnurl;

namespace PoA.Nostr.Market.Escrow;

/// <summary>The front door of what happens to the money of jobs.</summary>
static class EscrowModule
{
    /// <summary>Where payments and refunds are reached over HTTP.</summary>
    public static void MapEscrow(this IEndpointRouteBuilder routes)
    {
        routes.MapCashuPayments();
        routes.MapBalances();
    }

    public static void AddEscrow(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<EscrowOptions>().BindConfiguration("Escrow").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EscrowOptions>, EscrowOptionsValidator>();
        services.AddSingleton<IEscrowBackend, LedgerEscrow>();
        services.AddSingleton<EscrowBackends>();
        services.AddSingleton<FeeRates>();
        services.AddHostedService(provider => provider.GetRequiredService<FeeRates>());
        services.AddSingleton<OfferTerms>();
        services.AddSingleton<QuoteWays>();
        services.AddSingleton<PayWithToken>();
        services.AddSingleton<PayJob>();
        services.AddSingleton<TellRefusal>();
        services.AddSingleton<TellRedeemed>();
        services.AddSingleton<RequestPayout>();
        services.AddSingleton<SignedRequest>();
        services.AddHostedService<SendPayouts>();
        services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        services.AddSingleton<IPaymentReceiver, ReceiveJobPayment>();
        services.AddSingleton<IPaymentReceiver, DepositBalance>();
        services.AddSingleton<IPaymentReceiver, DepositTreasury>();
        services.AddSingleton<ReceiveGift>();
        services.AddSingleton<IPaymentReceiver>(provider => provider.GetRequiredService<ReceiveGift>());
        services.AddSingleton<IPaymentReceiver, ReceiveAcceptance>();
        services.AddSingleton<ILnurlPayees, AgentPayees>();
        services.AddSingleton<FindAnswered>();
        services.AddSingleton<FinishRefund>();
        AddRefundWays(services);
        services.AddHostedService<PayRefunds>();
        services.AddSingleton<AcceptDelivery>();
        services.AddSingleton<DisputeDelivery>();
        services.AddSingleton<DecideDispute>();
    }

    /// <summary>In the order in which they are tried.</summary>
    static void AddRefundWays(IServiceCollection services)
    {
        services.AddSingleton<RefundToBalance>();
        services.AddSingleton<IRefundWay>(provider => provider.GetRequiredService<RefundToBalance>());
        services.AddSingleton<MakeToken>();
        services.AddSingleton<MessageRelays>();
        services.AddSingleton<IRefundWay, RefundByNutzap>();
        services.AddSingleton<IRefundWay, RefundByLightning>();
        services.AddSingleton<IRefundWay, RefundByToken>();
    }
}
