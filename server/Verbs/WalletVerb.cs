using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using PoA.Nostr.Payments.Cashu;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa wallet restore</c>: asks each mint what it signed for the instance's seed, and books what the database does
/// not know. Exit code 10 when a mint did not answer to the end.
/// </summary>
static class WalletVerb
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var restore = new Command(
            "restore",
            "Find ecash of the instance's seed that the database does not know, after it was lost or is an old copy.")
        {
            Verb.Data,
            Verb.Json,
        };
        restore.SetAction(RestoreAsync);
        return new("wallet", "The ecash of the service.") { restore };
    }

    static async Task<int> RestoreAsync(ParseResult parsed, CancellationToken ct)
    {
        var asJson = parsed.GetValue(Verb.Json);
        using var host = Build(parsed);
        var restore = host.Services.GetRequiredService<RestoreWallet>();
        List<RestoredEcash> all = [];
        await foreach (var found in restore.HandleAsync(ct))
        {
            if (!asJson) Console.WriteLine(Describe(found, all.LastOrDefault()?.Mint));
            all.Add(found);
        }

        Console.WriteLine(asJson ? Json(all).ToJsonString(Indented) : Total(all));
        return all.Find(found => found.Problem is not null)?.Problem!.Recovery.ExitCode() ?? 0;
    }

    /// <summary>The wallet alone, with the settings of the instance's service; nothing of it is started.</summary>
    static IHost Build(ParseResult parsed)
    {
        var instance = Verb.Existing(parsed);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddEnvironmentVariables();
        Secrets.Load(builder.Configuration, new() { Network = instance.Network, Data = instance.Data });
        if (instance.IsDevnet && builder.Configuration["Cashu:Mints:0"] is null or "")
        {
            builder.Configuration["Cashu:Mints:0"] = $"http://127.0.0.1:{instance.Ports.Mint}";
        }

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(Verb.Connection(parsed)));
        builder.AddCashu();
        builder.Services.RemoveAll<IHostedService>();
        return builder.Build();
    }

    static string Describe(RestoredEcash found, string? before)
    {
        var mint = found.Mint == before ? "" : $"{found.Mint}\n";
        if (found.Problem is { } problem) return $"{mint}  {problem.Sentence} Run it again to go on. ({problem.Code})";

        var what = found.Proofs == 0
            ? "nothing that was not here"
            : string.Create(CultureInfo.InvariantCulture, $"{found.Amount.Sat} sat in {found.Proofs} coins");
        return $"{mint}  keyset {found.Keyset}{(found.Active ? "" : " (signs no more)")}: {what}";
    }

    static string Total(IReadOnlyList<RestoredEcash> all) => all.Sum(found => found.Amount.Sat) is var sat && sat == 0
        ? "Found nothing that the books do not have."
        : string.Create(CultureInfo.InvariantCulture, $"Found {sat} sat, booked to platform:recovered.");

    static JsonObject Json(IReadOnlyList<RestoredEcash> all) => new()
    {
        ["amount_sat"] = all.Sum(found => found.Amount.Sat),
        ["mints"] = new JsonArray([
            .. all.GroupBy(found => found.Mint).Select(mint => new JsonObject
            {
                ["mint"] = mint.Key,
                ["problem"] = mint.Last().Problem?.Code,
                ["keysets"] = new JsonArray([
                    .. mint.Where(found => found.Keyset is not null).Select(found => new JsonObject
                    {
                        ["keyset"] = found.Keyset,
                        ["active"] = found.Active,
                        ["coins"] = found.Proofs,
                        ["amount_sat"] = found.Amount.Sat,
                    }),
                ]),
            }),
        ]),
    };
}
