using Npgsql;
using PoA.Nostr.Database;
using PoA.Nostr.Devnet.Mint;
using PoA.Nostr.Dvm;
using PoA.Nostr.Ledger;
using PoA.Nostr.Market.Escrow;
using PoA.Nostr.Payments.Cashu;
using PoA.Nostr.Tests.Payments.Cashu;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Market.Escrow;

/// <summary>
/// A paid job fails, and its money goes where its payer can be reached: a balance, a nutzap, a Lightning address, a
/// token in a private message, in this order; a way that fails makes room for the next.
/// </summary>
[Suite("slice")]
public sealed class RefundWaysTests(Postgres postgres) : IClassFixture<Postgres>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    NpgsqlDataSource Db => postgres.Db;

    [Fact]
    public async Task To_the_lightning_address_of_the_profile_and_what_the_way_did_not_cost_is_ours_again()
    {
        await using var place = await PlaceAsync();
        place.Profile("alice", place.Authority);
        var request = await place.FailAsync();

        var (told, refund) = await place.RefundedAsync(request);
        Assert.Equal(["collected", "21000", "lightning"], told);
        Assert.Equal(21_000UL, place.Mint.Network.ReceivedMsat("address:alice"));
        Assert.Equal(Msat.Zero, await place.Market.BalanceAsync(AccountCode.Refund(refund), Ct));
        await place.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task As_a_nutzap_that_only_the_key_of_the_payers_10019_opens()
    {
        await using var place = await PlaceAsync();
        using var key = SecretKey.Generate();
        place.Profile("alice", place.Authority);
        place.TakesNutzaps(key.Pubkey, "https://elsewhere.example", place.Proxy.Url + "/");
        var request = await place.FailAsync();

        var (zap, told) = await place.NutzapAsync(request);
        Assert.Equal(["ready", "21000", "nutzap"], told.TagsNamed("refund").Single()[2..]);
        Assert.Equal(
            (place.Proxy.Url + "/", "sat", request.Pubkey, place.Market.Jobs.Agent.Pubkey),
            (zap.Tag("u"), zap.Tag("unit"), zap.Tag("p"), zap.Pubkey));
        var token = NutzapToken.Read(Nip61Words.Zap(zap)!);
        Assert.Equal(21UL, token.Amount);
        Assert.All(token.Proofs, proof => Assert.NotNull(proof.Dleq?.R));
        var wallet = place.Market.Jobs.Get<CashuWallet>();
        var taking = new TokenPayment(
            Guid.NewGuid(), new(DepositBalance.BalancePurpose, key.Pubkey), "nutzap", token);
        Assert.Equal(
            CashuProblems.NotOurs,
            Assert.IsType<ReceiveOutcome.Refused>(await wallet.ReceiveAsync(taking, Ct)).Problem);
        Assert.IsType<ReceiveOutcome.Received>(await wallet.ReceiveAsync(taking with { Key = key }, Ct));
        await place.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task To_the_balance_of_who_has_an_account_whatever_else_there_is()
    {
        await using var place = await PlaceAsync();
        using var key = SecretKey.Generate();
        place.Profile("alice", place.Authority);
        place.TakesNutzaps(key.Pubkey, place.Proxy.Url);
        await place.Market.DepositAsync(1, Ct);
        var request = await place.FailAsync();

        var (told, _) = await place.RefundedAsync(request);
        Assert.Equal(["collected", "21000", "balance"], told);
        Assert.Equal(Msat.FromSat(22), await place.Market.CustomerHasAsync(Ct));
        await place.Market.AssertBalancedAsync(Ct);
    }

    [Fact]
    public async Task A_10019_of_other_mints_alone_makes_room_for_the_address()
    {
        await using var place = await PlaceAsync();
        using var key = SecretKey.Generate();
        place.TakesNutzaps(key.Pubkey, "https://elsewhere.example");
        place.Profile("alice", place.Authority);
        var request = await place.FailAsync();

        var (told, _) = await place.RefundedAsync(request);
        Assert.Equal(["collected", "21000", "lightning"], told);
        Assert.Equal(21_000UL, place.Mint.Network.ReceivedMsat("address:alice"));
    }

    [Theory]
    [InlineData("nobody answers")]
    [InlineData("the payment fails")]
    public async Task An_address_that_cannot_be_paid_makes_room_for_a_token(string why)
    {
        await using var place = await PlaceAsync();
        place.Profile("alice", why == "nobody answers" ? "127.0.0.1:1" : place.Authority);
        var token = place.Token(21);
        if (why == "the payment fails") place.Mint.Network.FailNext(1);
        var request = await place.FailAsync(token);

        var (told, refund) = await place.RefundedAsync(request);
        Assert.Equal(["ready", "21000", "token"], told);
        Assert.Equal(
            ["lightning"],
            await Db.ManyAsync<string>(
                "select unnest(failed_ways) from market.refund where id = @refund", new { refund }, Ct));
        Assert.Equal(0UL, place.Mint.Network.ReceivedMsat("address:alice"));
        Assert.Equal(Msat.Zero, await place.Market.BalanceAsync(AccountCode.Refund(refund), Ct));
        await place.Market.AssertBalancedAsync(Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_whose_outcome_nobody_knows_is_waited_for_and_never_made_twice(bool arrives)
    {
        await using var place = await PlaceAsync();
        place.Profile("alice", place.Authority);
        var token = place.Token(21);
        place.Mint.Network.StallNext(1);
        place.Proxy.Order("/v1/melt/bolt11", new Trouble.Ask(melt =>
        {
            melt["prefer_async"] = true;
            return melt;
        }));
        var request = await place.FailAsync(token);
        var invoice = "";
        await place.UntilAsync(async () => (invoice = await Db.OneAsync<string>(
            "select target from market.refund where job = @Id and last_error = @code",
            new { request.Id, code = EscrowProblems.OutcomeUnknown.Code }, Ct)) is not null);
        Assert.Equal("pending", await Db.OneAsync<string>(
            "select state from market.refund where job = @Id", new { request.Id }, Ct));

        place.Mint.Network.Release(place.Mint.Network.Find(invoice)!.PaymentHash, arrives);
        var (told, refund) = await place.RefundedAsync(request);
        Assert.Equal(arrives ? ["collected", "21000", "lightning"] : (string[])["ready", "21000", "token"], told);
        Assert.Equal(arrives ? 21_000UL : 0, place.Mint.Network.ReceivedMsat("address:alice"));
        Assert.Equal(Msat.Zero, await place.Market.BalanceAsync(AccountCode.Refund(refund), Ct));
        await place.Market.AssertBalancedAsync(Ct);
    }

    async Task<Place> PlaceAsync()
    {
        var mint = await Mints.StartAsync();
        var proxy = await MintProxy.StartAsync(mint.Url);
        var market = await PaidMarket.StartAsync(
            Db, proxy.Url, Ct, ("Fetch:AllowedEndpoints:0", new Uri(mint.Url).Authority),
            ("Fetch:AllowedEndpoints:1", "127.0.0.1:1"));
        market.Kind.Work = (_, _, _) => throw new ProblemException(DvmProblems.UrlRefused);
        var place = new Place(Db, mint, proxy, market);
        // Somebody else's ecash lets the wallet pay what it owes, the fees of the mint included.
        await market.Jobs.Get<PayWithToken>().ForTreasuryAsync(CashuToken.Parse(place.Token(500)), Ct);
        return place;
    }

    /// <summary>
    /// A market whose jobs fail, the mint of its wallet and the way there, and what relays have of its customer.
    /// </summary>
    sealed record Place(NpgsqlDataSource Db, DevnetMint Mint, MintProxy Proxy, PaidMarket Market) : IAsyncDisposable
    {
        public string Authority => new Uri(Mint.Url).Authority;

        public void Profile(string name, string host) =>
            Market.Relays.Add(Market.Customer.Sign(0, $$"""{"lud16":"{{name}}@{{host}}"}""", []));

        public void TakesNutzaps(string key, params string[] mints) => Market.Relays.Add(Market.Customer.Sign(
            10_019, "",
            [["relay", "ws://127.0.0.1:1"], .. mints.Select(mint => new[] { "mint", mint }), ["pubkey", key]]));

        public string Token(long sat) => (CashuToken.Parse(Mint.Token(sat)) with { Mint = Proxy.Url }).Write();

        /// <summary>A job that is paid with 21 sat of ecash, and fails.</summary>
        public async Task<NostrEvent> FailAsync(string? token = null)
        {
            var request = Market.Request(["cashu", token ?? Token(21)]);
            await Market.AskAsync(request, Ct);
            var failed = await Market.AnswerAsync(request, Ct);
            Assert.Equal(("error", DvmProblems.UrlRefused.Code), (failed.Tag("status"), failed.Tag("code")));
            Assert.Equal(["pending", "21000"], failed.TagsNamed("refund").Single()[2..]);
            return request;
        }

        /// <summary>State, amount and way as the payer is told them, and the refund's id.</summary>
        public async Task<(string[] Told, Guid Id)> RefundedAsync(NostrEvent request)
        {
            await UntilAsync(async () => await Db.OneAsync<string>(
                "select state from market.refund where job = @Id", new { request.Id }, Ct) is "ready" or "collected");
            var tag = (await Market.AnswerAsync(request, Ct)).TagsNamed("refund").Single();
            return (tag[2..], Guid.Parse(tag[1]));
        }

        /// <summary>The nutzap and the notice of it, which leave in one transaction.</summary>
        public async Task<(NostrEvent Zap, NostrEvent Told)> NutzapAsync(NostrEvent request)
        {
            NostrEvent[] both = [await Market.AnswerAsync(request, Ct), await Market.AnswerAsync(request, Ct)];
            return (both.Single(one => one.Kind == Nip61Words.ZapKind), both.Single(one => one.Kind == 7_000));
        }

        /// <summary>Refunds that wait are due at once.</summary>
        public async Task UntilAsync(Func<Task<bool>> holds)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Ct);
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!await holds())
            {
                await tick.WaitForNextTickAsync(either.Token);
                await Db.RunAsync(
                    "update market.refund set due_at = least(due_at, now() + interval '1 second')", null, either.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Market.DisposeAsync();
            await Proxy.DisposeAsync();
            await Mint.DisposeAsync();
        }
    }
}
