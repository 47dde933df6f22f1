using PoA.Nostr;
using PoA.Nostr.Devnet;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market;
using PoA.Nostr.Nsite;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Payments.Lnurl;
using PoA.Nostr.RelayWorkers;
using PoA.Nostr.Server;
using PoA.Nostr.Server.Verbs;

if (args is not ["--role", var role, ..])
{
    return await Verb.RunAsync(
        args,
        [
            UpVerb.Create(), DownVerb.Create(), StatusVerb.Create(), DoctorVerb.Create(), LogsVerb.Create(),
            AuditVerb.Create(), FeeVerb.Create(), ReportsVerb.Create(), WalletVerb.Create(),
        ]);
}

return await Verb.GuardAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.AddHouse();
    await (role switch
    {
        "devnet" => RunDevnetAsync(builder),
        "all" => RunServiceAsync(builder),
        _ => throw new ProblemException(ServerProblems.RoleUnknown with { Detail = $"It was \"{role}\"." }),
    });
    return 0;
});

static Task RunDevnetAsync(WebApplicationBuilder builder)
{
    builder.AddDevnet();
    builder.AddDevnetBlossoms();

    var app = builder.Build();
    app.MapHealth();
    app.MapDevnet();
    return app.RunAsync();
}

static Task RunServiceAsync(WebApplicationBuilder builder)
{
    builder.AddDatabase();
    builder.AddLedger();
    builder.AddCashu();
    builder.AddLnurl();
    builder.AddMarket();
    builder.AddDvm();
    builder.AddRelayWorkers();
    builder.AddStorefronts();
    builder.Services.AddHostedService<OwnBlossom>();
    builder.Services.AddHostedService<GatewayOrigin>();
    builder.AddNsite();
    builder.Listen();

    var app = builder.Build();
    app.MapHealth();
    app.MapMetrics();
    app.MapApi();
    return app.RunAsync();
}
