using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Server;

/// <summary>Books that somebody broke: <c>audit</c> ends with 17, and a line of it says what is broken.</summary>
[Suite("slice")]
public sealed class AuditVerbTests : IAsyncLifetime
{
    const string Mint = "rail:cashu:http://mint";

    string _owner = null!;
    NpgsqlDataSource _db = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _owner = await PostgresCluster.FreshDatabaseAsync();
        _db = NpgsqlDataSource.Create(_owner);
        await _db.InTransactionAsync(
            tx => Books.PostAsync(
                tx,
                [
                    Move(Mint, AccountCode.Balance("alice"), 97_000), Move(Mint, AccountCode.Treasury, 3_000),
                    Move(AccountCode.Balance("alice"), AccountCode.Escrow("job"), 21_000),
                    Move(AccountCode.RailCost, Mint, 1_000),
                ],
                Ct),
            Ct);
        await _db.RunAsync(Wallet, null, Ct);
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Theory]
    [InlineData("select 1", 0, "balanced")]
    [InlineData("delete from ledger.transfer where amount_msat = 97000", 17, "FAIL  chain")]
    [InlineData("delete from ledger.transfer where amount_msat = 97000", 17,
        @"balance:alice: transfer \S+ is number 2 where 1 is due")]
    [InlineData("delete from ledger.transfer where amount_msat = 21000", 17, "FAIL  balances")]
    [InlineData("update ledger.account set balance_msat = balance_msat + 1000 where code = 'escrow:job'", 17,
        "FAIL  sum")]
    [InlineData("update ledger.account set held_msat = 5 where code = 'escrow:job'", 17, "FAIL  held")]
    [InlineData("update ledger.transfer set kind = 'gift' where amount_msat = 21000", 17, "FAIL  contents")]
    [InlineData("delete from payments.ecash_proof where amount_sat = 32", 17,
        "FAIL  rail:cashu:http://mint: books 99 sat, live 67 sat, in flight 0 sat: -32 sat")]
    [InlineData("update payments.ecash_proof set amount_sat = 64 where amount_sat = 32", 17,
        "in flight 0 sat: 32 sat too many or too few")]
    [InlineData("update payments.ecash_op set booked_sat = 5", 17, "live 99 sat, in flight -5 sat: -5 sat")]
    [InlineData("select from ledger.post(array['platform:rail-cost', 'rail:cashu:http://mint'], array[0], "
        + "array[gen_random_uuid()], array[0], array[1], array[2], array[32000], array['cost'], array['x']); "
        + "delete from payments.ecash_proof where amount_sat = 32", 17, "FAIL  owed 97 sat, there for it 67 sat")]
    [InlineData("select from ledger.post(array['rail:ln:nobody', 'balance:bob'], array[0], "
        + "array[gen_random_uuid()], array[0], array[1], array[2], array[5000], array['fund'], array['x'])", 17,
        "FAIL  rail:ln:nobody: books 5 sat, and nobody says what is there")]
    public async Task What_is_broken_is_named(string harm, int code, string line)
    {
        await _db.RunAsync($"set session_replication_role = replica; {harm}", null, Ct);

        var start = Support.Poa.StartOf("audit");
        start.Environment["ConnectionStrings__Postgres"] = _owner;
        var (said, output) = await Support.Poa.RunAsync(start);

        Assert.Equal(code, said);
        Assert.Matches(line, output);
        Assert.Equal(code != 0, output.Contains("NOT BALANCED", StringComparison.Ordinal));
    }

    static Transfer Move(string from, string to, long amount) =>
        new(Guid.NewGuid(), from, to, new(amount), "move", "trade");

    /// <summary>99 sat of ecash, and an operation at the mint.</summary>
    const string Wallet = """
        insert into payments.mint_keyset (id, mint, unit, active, input_fee_ppk, keys, seen_at)
        values ('00aa', 'http://mint', 'sat', true, 100, '{}', now());
        insert into payments.ecash_op (id, kind, state, stage, version, mint, amount_sat, details, next_at, created_at)
        values (gen_random_uuid(), 'send', 'open', 0, 1, 'http://mint', 5, '{}', now(), now());
        insert into payments.ecash_proof (y, mint, keyset, counter, amount_sat, c, e, s, state)
        select 'y' || n, 'http://mint', '00aa', n, amount, '', '', '', 'live'
          from (values (1, 64), (2, 32), (3, 2), (4, 1)) as coin (n, amount)
        """;
}
