using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Server;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Server;

/// <summary>What a service is told before it touches a database with money in it.</summary>
[Suite("slice")]
public sealed class PrepareDatabaseTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mainnet", true)]
    [InlineData("devnet", false)]
    public async Task A_role_that_could_write_the_books_serves_play_money_alone(string network, bool isRefused)
    {
        var owner = await PostgresCluster.FreshDatabaseAsync();
        Assert.Equal(isRefused ? ServerProblems.RoleTooStrong.Code : null, await StartAsync(network, owner, null));
    }

    [Fact]
    public async Task A_role_that_cannot_serves_mainnet_and_never_play_money_in_that_database_again()
    {
        var owner = await PostgresCluster.FreshDatabaseAsync();
        var service = new NpgsqlConnectionStringBuilder(owner) { Username = ServiceRole.Name }.ConnectionString;
        Assert.Null(await StartAsync("mainnet", service, owner));
        Assert.Equal(ServerProblems.DatabaseRefused.Code, await StartAsync("devnet", service, owner));
    }

    /// <summary>Null where it may go on.</summary>
    static async Task<string?> StartAsync(string network, string service, string? owner)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = service,
            ["ConnectionStrings:PostgresOwner"] = owner,
        }).Build();
        await using var db = new DirectDatabase(NpgsqlDataSource.Create(service));
        var options = Options.Create(new ServerOptions { Network = network });
        try
        {
            await new PrepareDatabase(db, settings, options, NullLogger<PrepareDatabase>.Instance).StartAsync(Ct);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Problem.Code;
        }
    }
}
