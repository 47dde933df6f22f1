using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Market.Accounts;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Market.Agents;

/// <summary>
/// At start: makes the template agents that are missing, each with a Nostr key of its own, adds kinds that have come
/// to them since, and opens the directory. What an operator changed stays changed.
/// </summary>
public sealed partial class SeedAgents(
    NpgsqlDataSource db, IEnumerable<JobOffer> offers, AgentDirectory directory, Vault vault,
    IOptions<MarketOptions> options, ILogger<SeedAgents> log) : IHostedService
{
    readonly Dictionary<int, JobOffer> _offers = offers.ToDictionary(offer => offer.Kind);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await db.InTransactionAsync(tx => SeedAsync(tx, cancellationToken), cancellationToken);
        await directory.LoadAsync("start", cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task SeedAsync(NpgsqlTransaction tx, CancellationToken ct)
    {
        await tx.RunAsync(Lock, null, ct);
        foreach (var template in TemplateAgents.All)
        {
            var kinds = template.Kinds.Where(_offers.ContainsKey).ToArray();
            if (kinds.Length == 0) continue;

            var agent = await tx.OneAsync<string>(SelectAgent, new { template.Slug }, ct)
                ?? await CreateAsync(tx, template, ct);
            await KeyForEcashAsync(tx, agent, ct);
            var prices = kinds.Select(kind => PriceOf(kind).Value).ToArray();
            await tx.RunAsync(InsertKinds, new { agent, kinds, prices }, ct);
        }
    }

    Msat PriceOf(int kind) =>
        options.Value.Prices.TryGetValue(kind.ToString(CultureInfo.InvariantCulture), out var sat)
            ? Msat.FromSat(sat)
            : _offers[kind].Price;

    async Task<string> CreateAsync(NpgsqlTransaction tx, TemplateAgents.Template template, CancellationToken ct)
    {
        using var key = SecretKey.Generate();
        var agent = key.Pubkey;
        var owner = options.Value.Operator ?? agent;
        var dataKey = vault.NewDataKey(agent);
        var secret = vault.Seal(agent, dataKey, AgentDirectory.NostrSecret, key.Reveal());
        var ownerName = owner == agent ? template.Name : "Operator";
        await OpenAccount.HandleAsync(tx, owner, AccountRole.Developer, ownerName, ct);
        await tx.RunAsync(
            InsertAgent,
            new
            {
                agent,
                owner,
                template.Slug,
                template.Name,
                template.About,
                dataKey,
                secretName = AgentDirectory.NostrSecret,
                secret,
            },
            ct);
        LogCreated(template.Slug, agent);
        return agent;
    }

    /// <summary>Agents that were made before there was ecash get theirs now.</summary>
    async Task KeyForEcashAsync(NpgsqlTransaction tx, string agent, CancellationToken ct)
    {
        var name = AgentDirectory.CashuSecret;
        if (await tx.OneAsync<byte[]>(SelectKeyless, new { agent, name }, ct) is not { } dataKey) return;

        using var key = SecretKey.Generate();
        var secret = vault.Seal(agent, dataKey, name, key.Reveal());
        await tx.RunAsync(InsertSecret, new { agent, name, secret }, ct);
    }

    const string SelectKeyless = """
        select v.data_key
          from market.agent_vault v
         where v.agent = @agent
           and not exists (select from market.agent_secret s where s.agent = v.agent and s.name = @name)
        """;

    const string InsertSecret = "insert into market.agent_secret (agent, name, sealed) values (@agent, @name, @secret)";

    const string Lock = "select pg_advisory_xact_lock(hashtextextended('market.seed_agents', 4848))";

    const string SelectAgent = "select pubkey from market.agent where slug = @slug";

    const string InsertAgent = """
        with made as (
            insert into market.agent (pubkey, owner, slug, name, about, mode)
            values (@agent, @owner, @slug, @name, @about, 'template')
        ), keyed as (
            insert into market.agent_vault (agent, data_key) values (@agent, @dataKey)
        )
        insert into market.agent_secret (agent, name, sealed) values (@agent, @secretName, @secret)
        """;

    const string InsertKinds = """
        insert into market.agent_kind (agent, kind, price_msat)
        select @agent, kind, price from unnest(@kinds, @prices) as sold (kind, price)
        on conflict (agent, kind) do nothing
        """;

    [LoggerMessage(LogLevel.Information, "Made the template agent {Slug}: {Agent}")]
    partial void LogCreated(string slug, string agent);
}
