using System.Security.Cryptography;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Market.Agents;

/// <summary>
/// The agents of this installation and their signers, in memory: every request asks who sells a kind. The rows are
/// the truth; <see cref="LoadAsync"/> reads them again.
/// </summary>
public sealed class AgentDirectory(NpgsqlDataSource db, Vault vault)
{
    /// <summary>The name of the secret that is an agent's identity.</summary>
    public const string NostrSecret = "nostr";

    /// <summary>The name of the secret that ecash for an agent is locked to: never its identity (NIP-61).</summary>
    public const string CashuSecret = "cashu";

    Snapshot _now = new([], [], [], [], []);

    /// <summary>Every agent that is not paused, by slug.</summary>
    public IReadOnlyList<Agent> All => Volatile.Read(ref _now).All;

    /// <summary>
    /// Of every agent, the paused ones too: they sell nothing, and still hear and answer whoever has a job with them.
    /// </summary>
    public IReadOnlyCollection<string> Keys => Volatile.Read(ref _now).ByKey.Keys;

    /// <summary>An agent of ours, paused or not.</summary>
    public Agent? Find(string pubkey) => Volatile.Read(ref _now).ByKey.GetValueOrDefault(pubkey);

    /// <summary>Who sells this kind.</summary>
    public IReadOnlyList<Agent> Selling(int kind) => Volatile.Read(ref _now).ByKind.GetValueOrDefault(kind, []);

    /// <summary>The key of an agent of ours, to be used and not seen.</summary>
    public ISigner Signer(string pubkey) => Volatile.Read(ref _now).Signers[pubkey];

    /// <summary>The key that ecash for an agent of ours is locked to; null where the agent is none of ours.</summary>
    public SecretKey? CashuKey(string pubkey) => Volatile.Read(ref _now).CashuKeys.GetValueOrDefault(pubkey);

    /// <param name="reason">Why the keys are opened, for the audit.</param>
    /// <param name="ct">Stops it; the directory stays as it was.</param>
    public async Task LoadAsync(string reason, CancellationToken ct)
    {
        var rows = await db.ManyAsync<Row>(SelectAgents, new { nostr = NostrSecret, cashu = CashuSecret, reason }, ct);
        var (known, kept) = (Volatile.Read(ref _now).Signers, Volatile.Read(ref _now).CashuKeys);
        var agents = rows.ConvertAll(row => row.ToAgent());
        var byKind = agents
            .SelectMany(agent => agent.Prices.Keys, (agent, kind) => (agent, kind))
            .GroupBy(pair => pair.kind, pair => pair.agent)
            .ToDictionary(group => group.Key, group => group.ToArray());
        var signers = rows.ToDictionary(
            row => row.Pubkey,
            row => known.GetValueOrDefault(row.Pubkey) ?? new LocalSigner(Open(row, NostrSecret, row.Sealed)));
        var cashu = rows.Where(row => row.SealedCashu is not null).ToDictionary(
            row => row.Pubkey,
            row => kept.GetValueOrDefault(row.Pubkey) ?? Open(row, CashuSecret, row.SealedCashu!));
        List<Agent> open = [.. rows.Zip(agents).Where(one => !one.First.Paused).Select(one => one.Second)];
        Volatile.Write(ref _now, new(open, agents.ToDictionary(agent => agent.Pubkey), signers, cashu, byKind));
    }

    SecretKey Open(Row row, string name, byte[] kept)
    {
        var secret = vault.Open(row.Pubkey, row.DataKey, name, kept);
        try
        {
            return SecretKey.FromBytes(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    sealed record Snapshot(
        IReadOnlyList<Agent> All, Dictionary<string, Agent> ByKey, Dictionary<string, ISigner> Signers,
        Dictionary<string, SecretKey> CashuKeys, Dictionary<int, Agent[]> ByKind);

    sealed record Row(
        string Pubkey, string Owner, string Slug, string Name, string About, string? Picture, int[] Kinds,
        long[] Prices, bool Paused, byte[] DataKey, byte[] Sealed, byte[]? SealedCashu)
    {
        public Agent ToAgent() => new(
            Pubkey, Owner, Slug, Name, About, Picture,
            (Paused ? [] : Kinds.Zip(Prices)).ToDictionary(sold => sold.First, sold => new Msat(sold.Second)));
    }

    const string SelectAgents = """
        with opened as (
            insert into market.agent_secret_access (agent, name, reason)
            select agent, name, @reason from market.agent_secret where name in (@nostr, @cashu)
        )
        select a.pubkey as Pubkey, a.owner as Owner, a.slug as Slug, a.name as Name, a.about as About,
               a.picture as Picture, array_agg(k.kind order by k.kind) as Kinds,
               array_agg(k.price_msat order by k.kind) as Prices, a.paused as Paused, v.data_key as DataKey,
               s.sealed as Sealed, c.sealed as SealedCashu
          from market.agent a
          join market.agent_kind k on k.agent = a.pubkey
          join market.agent_vault v on v.agent = a.pubkey
          join market.agent_secret s on s.agent = a.pubkey and s.name = @nostr
          left join market.agent_secret c on c.agent = a.pubkey and c.name = @cashu
         group by a.pubkey, v.data_key, s.sealed, c.sealed
         order by a.slug
        """;
}
