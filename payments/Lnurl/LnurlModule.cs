using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>The front door of LNURL: being paid by address, and paying addresses.</summary>
public static class LnurlModule
{
    public static IHostApplicationBuilder AddLnurl(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LnurlOptions>().BindConfiguration(LnurlOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LnurlOptions>, LnurlOptionsValidator>();
        services.AddSafeFetch();
        services.TryAddSingleton<PaymentReceivers>();
        services.AddSingleton<RequestInvoice>();
        services.AddSingleton<IPaymentReceiver, ReceiveInvoice>();
        services.AddSingleton<ServeLnurl>();
        services.AddSingleton<PayAddress>();
        return builder;
    }

    public static void MapLnurl(this IEndpointRouteBuilder routes) =>
        ((ServeLnurl)routes.ServiceProvider.GetService(typeof(ServeLnurl))!).Map(routes);
}
