using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>
/// What every escrow backend keeps, whatever the money is made of: it is locked once, leaves once, to one side or as
/// it was split, and the same move again changes nothing.
/// </summary>
public abstract class EscrowConformance(Postgres postgres)
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly Msat Price = Msat.FromSat(100);
    static readonly Msat Fee = Msat.FromSat(5);

    protected NpgsqlDataSource Db => postgres.Db;

    protected abstract IEscrowBackend Backend { get; }

    /// <summary>Code of an account that has so much.</summary>
    protected abstract Task<string> SourceAsync(Msat amount);

    /// <summary>What the escrow of a job has now.</summary>
    protected abstract Task<Msat> LockedAsync(string job);

    protected abstract Task<Msat> PaidAsync(string payee);

    protected abstract Task<Msat> ReturnedAsync(Guid refund);

    [Fact]
    public async Task What_is_locked_is_released_to_the_payee_less_the_fee()
    {
        var (job, payee) = (NewId(), NewId());
        Assert.Null(await MoveAsync(new EscrowMove.Lock(job, await SourceAsync(Price), Price)));
        Assert.Equal(Price, await LockedAsync(job));

        Assert.Null(await MoveAsync(new EscrowMove.Release(job, payee, Price, Fee)));
        Assert.Equal((Msat.Zero, Price - Fee), (await LockedAsync(job), await PaidAsync(payee)));
    }

    [Fact]
    public async Task What_is_returned_is_whole()
    {
        var (job, refund) = (NewId(), Guid.NewGuid());
        await MoveAsync(new EscrowMove.Lock(job, await SourceAsync(Price), Price));

        Assert.Null(await MoveAsync(new EscrowMove.Return(job, refund, Price, Msat.Zero)));
        Assert.Equal((Msat.Zero, Price), (await LockedAsync(job), await ReturnedAsync(refund)));
    }

    [Fact]
    public async Task A_split_pays_both_and_leaves_nothing()
    {
        var (job, payee, refund) = (NewId(), NewId(), Guid.NewGuid());
        await MoveAsync(new EscrowMove.Lock(job, await SourceAsync(Price), Price));

        var half = Msat.FromSat(50);
        Assert.Null(await MoveAsync(new EscrowMove.Split(
            new(job, payee, half, Msat.FromSat(2)), new(job, refund, half, Msat.Zero))));
        Assert.Equal(Msat.Zero, await LockedAsync(job));
        Assert.Equal((Msat.FromSat(48), half), (await PaidAsync(payee), await ReturnedAsync(refund)));
    }

    [Fact]
    public async Task Each_move_again_is_the_same_move()
    {
        var (job, payee) = (NewId(), NewId());
        var locked = new EscrowMove.Lock(job, await SourceAsync(Price + Price), Price);
        var released = new EscrowMove.Release(job, payee, Price, Fee);
        foreach (var move in new EscrowMove[] { locked, locked, released, released, locked })
        {
            Assert.Null(await MoveAsync(move));
        }

        Assert.Equal((Msat.Zero, Price - Fee), (await LockedAsync(job), await PaidAsync(payee)));
    }

    [Fact]
    public async Task Released_money_cannot_be_returned_nor_returned_money_released()
    {
        foreach (var first in new[] { true, false })
        {
            var (job, payee, refund) = (NewId(), NewId(), Guid.NewGuid());
            await MoveAsync(new EscrowMove.Lock(job, await SourceAsync(Price), Price));
            EscrowMove released = new EscrowMove.Release(job, payee, Price, Fee);
            EscrowMove returned = new EscrowMove.Return(job, refund, Price, Msat.Zero);

            Assert.Null(await MoveAsync(first ? released : returned));
            Assert.NotNull(await MoveAsync(first ? returned : released));
            Assert.Equal(Price, await PaidAsync(payee) + await ReturnedAsync(refund) + (first ? Fee : Msat.Zero));
        }
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_locked_and_harms_no_neighbour()
    {
        var (poor, rich) = (NewId(), NewId());
        EscrowMove[] moves =
        [
            new EscrowMove.Lock(poor, await SourceAsync(Msat.FromSat(1)), Price),
            new EscrowMove.Lock(rich, await SourceAsync(Price), Price),
        ];

        var problems = await Db.InTransactionAsync(tx => Backend.MoveAsync(tx, moves, Ct), Ct);

        Assert.Equal([false, true], problems.Select(problem => problem is null));
        Assert.Equal((Msat.Zero, Price), (await LockedAsync(poor), await LockedAsync(rich)));
    }

    [Fact]
    public async Task A_move_that_is_rolled_back_was_never_made()
    {
        var job = NewId();
        var locked = new EscrowMove.Lock(job, await SourceAsync(Price), Price);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.InTransactionAsync(
            async tx =>
            {
                await Backend.MoveAsync(tx, [locked], Ct);
                throw new InvalidOperationException("the arrow did not stand");
            },
            Ct));
        Assert.Equal(Msat.Zero, await LockedAsync(job));
        Assert.Null(await MoveAsync(locked));
        Assert.Equal(Price, await LockedAsync(job));
    }

    [Fact]
    public async Task Of_sixteen_who_end_an_escrow_at_once_all_end_it_one_way()
    {
        var (job, payee, refund) = (NewId(), NewId(), Guid.NewGuid());
        await MoveAsync(new EscrowMove.Lock(job, await SourceAsync(Price), Price));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => MoveAsync(i % 2 == 0
            ? new EscrowMove.Release(job, payee, Price, Fee)
            : new EscrowMove.Return(job, refund, Price, Msat.Zero))));

        var (paid, returned) = (await PaidAsync(payee), await ReturnedAsync(refund));
        Assert.True((paid, returned) == (Price - Fee, Msat.Zero) || (paid, returned) == (Msat.Zero, Price));
        Assert.Equal(Msat.Zero, await LockedAsync(job));
    }

    protected static string NewId() => SecretKey.Generate().Pubkey;

    async Task<Problem?> MoveAsync(EscrowMove move)
    {
        while (true)
        {
            try
            {
                return (await Db.InTransactionAsync(tx => Backend.MoveAsync(tx, [move], Ct), Ct))[0];
            }
            catch (ProblemException e) when (e.Problem.Recovery == RecoveryAction.RetryLater)
            {
                // The same move is being made at this moment: its answer is worth the wait.
            }
        }
    }
}

[Suite("slice")]
public sealed class LedgerEscrowTests(Postgres postgres) : EscrowConformance(postgres), IClassFixture<Postgres>
{
    protected override IEscrowBackend Backend { get; } = new LedgerEscrow();

    protected override async Task<string> SourceAsync(Msat amount)
    {
        var account = AccountCode.Balance(NewId());
        await Db.InTransactionAsync(
            tx => Books.PostAsync(
                tx, new Transfer(Guid.NewGuid(), AccountCode.Mint("http://m"), account, amount, "deposit", "test"), Ct),
            Ct);
        return account;
    }

    protected override Task<Msat> LockedAsync(string job) => Books.BalanceAsync(Db, AccountCode.Escrow(job), Ct);

    protected override Task<Msat> PaidAsync(string payee) => Books.BalanceAsync(Db, AccountCode.Balance(payee), Ct);

    protected override Task<Msat> ReturnedAsync(Guid refund) => Books.BalanceAsync(Db, AccountCode.Refund(refund), Ct);
}
