using PoA.Nostr;
using PoA.Nostr.Server;
using PoA.Nostr.Server.Verbs;

if (args is not ["--role", var role, ..])
{
    return await Verb.RunAsync(
        args, [UpVerb.Create(), DownVerb.Create(), StatusVerb.Create(), DoctorVerb.Create(), LogsVerb.Create()]);
}

return await Verb.GuardAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.AddHouse();
    switch (role)
    {
        case "devnet":
            builder.ListenAsDevnet();
            break;
        case "all":
            builder.AddDatabase();
            builder.Listen();
            break;
        default:
            throw new ProblemException(ServerProblems.RoleUnknown with { Detail = $"It was \"{role}\"." });
    }

    var app = builder.Build();
    app.MapHealth();
    if (role == "all") app.MapMetrics();
    await app.RunAsync();
    return 0;
});
