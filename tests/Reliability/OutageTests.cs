using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Reliability;

/// <summary>The service, its relay and its database go away under load, each in its turn, and come back.</summary>
[Suite("whole")]
public sealed class OutageTests(Support.Poa poa) : IClassFixture<Support.Poa>
{
    const int RelayKills = 20;
    const int RelayKillsOfLongRun = 40;
    const int DatabaseKills = 2;
    const int DatabaseKillsOfLongRun = 20;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly StopPoints _points = new(poa.Db);

    [Fact]
    public async Task What_is_published_while_the_service_is_down_is_served_when_it_is_up_again()
    {
        using var customer = new Customer(poa.Relay.ToString());
        await poa.KillAsync("server");

        await customer.PublishAsync(customer.Mixture(10));
        await poa.UpAsync();

        Assert.Equal(50, (await customer.AnsweredAsync()).Count);
        await customer.VerifyAsync();
    }

    [Fact]
    public Task What_the_relay_said_OK_to_is_answered_however_often_it_is_killed() => KillRelayAsync(RelayKills);

    [Fact(Explicit = true)]
    public Task What_the_relay_said_OK_to_is_answered_after_forty_kills() => KillRelayAsync(RelayKillsOfLongRun);

    [Fact]
    public Task A_killed_database_loses_nothing() => KillDatabaseAsync(DatabaseKills);

    [Fact(Explicit = true)]
    public Task A_database_that_is_killed_twenty_times_loses_nothing() => KillDatabaseAsync(DatabaseKillsOfLongRun);

    async Task KillRelayAsync(int kills)
    {
        using var customer = new Customer(poa.Relay.ToString());
        for (var kill = 0; kill < kills; kill++)
        {
            var half = customer.Owed + 5;
            var publishing = customer.PublishAsync(Load(customer, kill));
            await customer.OwesAsync(half);
            await poa.KillAsync("devnet");
            await poa.UpAsync();
            await publishing;
        }

        await customer.AnsweredAsync();
        await QuietAsync();
        await customer.VerifyAsync();
        Assert.Equal(kills * 10, customer.Owed);
    }

    async Task KillDatabaseAsync(int kills)
    {
        for (var kill = 0; kill < kills; kill++)
        {
            using var customer = new Customer(poa.Relay.ToString());
            var publishing = customer.PublishAsync(customer.Mixture(20));
            await customer.OwesAsync(40);
            await poa.KillAsync("postgres");
            await publishing;
            await poa.UpAsync();
            await customer.AnsweredAsync();
            await QuietAsync();
            await customer.VerifyAsync();
        }
    }

    Task QuietAsync() => _points.UntilAsync(StopPoints.Quiet);

    static IEnumerable<NostrEvent> Load(Customer customer, int round) => Enumerable.Range(0, 10).Select(
        n => customer.Request(5400, """{"kinds":[1]}""", ["n", $"{round}:{n}"]));
}
