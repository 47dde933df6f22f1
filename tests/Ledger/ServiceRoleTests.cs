using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Ledger;

[Suite("slice")]
public class ServiceRoleTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each statement is one that the owner could run: what refuses it is the role.</summary>
    public static TheoryData<string> DirectWrites => new(
        "insert into ledger.account (code, may_overdraw) values ('balance:mallory', true)",
        "update ledger.account set balance_msat = 1000000",
        "delete from ledger.account where version = 0",
        """
        insert into ledger.transfer
        select gen_random_uuid(), 1, 2, 1, 'gift', 'mallory', '', 0, 0, 90, 90, now()
        """,
        "update ledger.transfer set amount_msat = 1",
        "delete from ledger.transfer",
        "truncate ledger.transfer cascade",
        "insert into ledger.hold select * from ledger.hold",
        "update ledger.hold set state = 'released'",
        "delete from ledger.hold",
        "update ledger.cap set limit_msat = 1",
        "delete from ledger.cap",
        "alter table ledger.account drop constraint available_floor",
        "alter table ledger.transfer disable trigger all",
        "drop table ledger.hold",
        "create table ledger.mine (n int)",
        "select ledger.gather('platform:fees', 1)",
        "select ledger.open_accounts(array['balance:mallory'])",
        "create or replace function ledger.is_outside(code text) returns boolean language sql return true");

    [Theory]
    [MemberData(nameof(DirectWrites))]
    public async Task The_service_cannot_write_the_books_past_their_functions(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => postgres.Db.RunAsync(statement, null, Ct));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_service_posts_through_the_functions_and_reads_what_they_wrote()
    {
        var deposit = new Transfer(
            Guid.NewGuid(), AccountCode.Mint("http://mint"), AccountCode.Balance("alice"), new(1), "deposit", "x");
        await postgres.Db.InTransactionAsync(tx => Books.PostAsync(tx, deposit, Ct), Ct);

        Assert.Equal(
            1, await postgres.Db.OneAsync<long>("select amount_msat from ledger.transfer", null, Ct));
    }

    [Fact]
    public async Task History_is_not_rewritten_even_by_its_owner()
    {
        foreach (var statement in new[] { "delete from ledger.transfer", "update ledger.transfer set kind = 'x'" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(
                () => postgres.Owner.RunAsync(statement, null, Ct));
            Assert.Contains("never changed", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_is_known_who_may_write_the_books()
    {
        Assert.False(await ServiceRole.MayWriteAsync(postgres.Db, "ledger.transfer", Ct));
        Assert.True(await ServiceRole.MayWriteAsync(postgres.Owner, "ledger.transfer", Ct));
    }
}
