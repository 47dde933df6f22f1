using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using PoA.Nostr.Relays;

namespace PoA.Nostr.RelayWorkers;

/// <summary>
/// Listens to one relay for one role. What is new comes over a subscription that opens before the relay is asked for
/// what it keeps, so nothing falls in between; what was missed comes by reconciliation or page by page, after every
/// reconnection and again every few minutes.
/// </summary>
sealed partial class RelayWatch(
    RelayLink link, string role, IReadOnlyList<IEventReceiver> receivers, ListenerParts parts)
{
    static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(2);

    readonly ILogger _log = parts.Log;
    readonly IReadOnlyList<Filter> _filters =
        [.. receivers.SelectMany(receiver => receiver.Filters).DistinctBy(Name, StringComparer.Ordinal)];

    readonly SeenIds _passed = new(32_768);
    RelaySubscription? _live;
    bool _pagesOnly;

    public string Role => role;

    /// <summary>New events would be heard now.</summary>
    public bool IsListening => link.IsConnected && _live is { IsLive: true };

    public async Task RunAsync(CancellationToken ct)
    {
        if (_filters.Count == 0) return;

        await using var live = await link.SubscribeAsync(
            role, [.. _filters.Select(filter => filter with { Limit = 0 })], received => TakeAsync(received, ct));
        _live = live;
        var retry = new Backoff(FirstWait, RetryMax);
        var (lives, next) = (0, FirstWait);
        while (true)
        {
            var before = lives;
            lives = await LiveAgainAsync(live, lives, next, ct);
            if (!link.IsConnected) continue;
            if (lives != before) _pagesOnly = false;

            if (await CatchUpAsync(ct))
            {
                retry.Reset();
                next = parts.Options.ReconcileEvery;
            }
            else
            {
                next = retry.Next();
                LogIncomplete(link.Url, role, next);
            }
        }
    }

    /// <summary>A filter's own name, by which its cursor is kept.</summary>
    internal static string Name(Filter filter) =>
        Convert.ToHexStringLower(SHA256.HashData(FilterJson.Write(filter)))[..16];

    /// <summary>Returns when something may have been missed, or when the time is up.</summary>
    async Task<int> LiveAgainAsync(RelaySubscription live, int lives, TimeSpan atMost, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(atMost, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            return await live.LiveAgainAsync(lives, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return lives;
        }
    }

    /// <summary>True when everything that the relay keeps under every filter is in the inbox now.</summary>
    async Task<bool> CatchUpAsync(CancellationToken ct)
    {
        var whole = true;
        foreach (var filter in _filters)
        {
            try
            {
                whole &= await CatchUpAsync(filter, ct);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogDatabase(e.Message);
                whole = false;
            }
        }

        return whole;
    }

    async Task<bool> CatchUpAsync(Filter filter, CancellationToken ct)
    {
        var started = parts.Clock.GetUtcNow().ToUnixTimeSeconds();
        var name = Name(filter);
        var whole = await CompareAsync(filter, started, ct);
        if (!whole)
        {
            var cursor = await parts.Cursors.FindAsync(link.Url, name, ct);
            var since = Cursors.Since(cursor, started, role, parts.Options);
            var most = link.Information.Limitation.MaxLimit;
            whole = await new PastEvents(AskAsync, most).ReadAsync(filter, since, ct);
        }

        await parts.Writer.FlushAsync(ct);
        if (whole) await parts.Cursors.MoveAsync(link.Url, name, started, ct);
        return whole;
    }

    /// <summary>True when the relay compares (NIP-77), and all of the whole window is on its way to us.</summary>
    async Task<bool> CompareAsync(Filter filter, long now, CancellationToken ct)
    {
        if (_pagesOnly || filter.Kinds is null || await IsUnableAsync(ct)) return false;

        var comparison = new InboxComparison(link, parts.Writer, received => TakeAsync(received, ct), _passed);
        var since = now - (long)Cursors.Window(role, parts.Options).TotalSeconds;
        var end = await comparison.RunAsync(filter, since, long.MaxValue, ct);
        if (end == ReconciliationEnd.Unsupported) _pagesOnly = true;
        if (end != ReconciliationEnd.Done) LogNotCompared(link.Url, role, end);
        return end == ReconciliationEnd.Done;
    }

    async Task<bool> IsUnableAsync(CancellationToken ct) =>
        !(await link.InformedAsync(ct)).SupportedNips.Contains(77);

    async Task<PageTally> AskAsync(Filter page, CancellationToken ct)
    {
        var tally = new PageTally();
        var (end, reason) = await link.AskAsync(
            [page],
            received =>
            {
                if (!page.Matches(received)) return ValueTask.CompletedTask;
                tally.Add(received);
                return TakeAsync(received, ct);
            },
            ct);
        tally.Complete = end == AnswerEnd.Eose;
        if (!tally.Complete) LogUnanswered(link.Url, role, end, reason.Text);
        return tally;
    }

    /// <summary>
    /// The size was checked at the socket. Here: the kind, whom it is for, whether we have it (only stored events
    /// count, so a forged copy hides nothing), and at last the signature, which is the dear one.
    /// </summary>
    async ValueTask TakeAsync(NostrEvent received, CancellationToken ct)
    {
        if (ct.IsCancellationRequested || parts.Writer.Stored.Contains(received.Id)) return;
        if (!IsWanted(received))
        {
            if (received.Id.Length == 64) _passed.Add(received.Id);
            return;
        }

        if (VerifiedEvent.TryVerify(received, out var problem) is not { } verified)
        {
            RelayWorkersTelemetry.Forged.Add(1);
            LogForged(link.Url, received.Id, problem!.Code);
            return;
        }

        RelayWorkersTelemetry.Received.Add(1);
        try
        {
            await parts.Writer.AddAsync(new(verified, link.Url), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The watch has ended; the connection has others to serve.
        }
    }

    bool IsWanted(NostrEvent received)
    {
        foreach (var receiver in receivers)
        {
            if (receiver.Filters.Any(filter => filter.Matches(received)) && receiver.Wants(received)) return true;
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Catching up with {Relay} for {Role} is not complete, again in {Wait}")]
    partial void LogIncomplete(string relay, string role, TimeSpan wait);

    [LoggerMessage(LogLevel.Information, "Comparing with {Relay} for {Role} ended with {End}: read page by page")]
    partial void LogNotCompared(string relay, string role, ReconciliationEnd end);

    [LoggerMessage(LogLevel.Warning, "{Relay} did not finish an answer for {Role}: {End} {Reason}")]
    partial void LogUnanswered(string relay, string role, AnswerEnd end, string reason);

    [LoggerMessage(LogLevel.Debug, "{Relay} sent {EventId}, which fails: {Code}")]
    partial void LogForged(string relay, string eventId, string code);

    [LoggerMessage(LogLevel.Error, "The database does not answer: {Reason}")]
    partial void LogDatabase(string reason);
}

/// <summary>What every watch shares.</summary>
sealed record ListenerParts(
    InboxWriter Writer, Cursors Cursors, RelayWorkersOptions Options, TimeProvider Clock, ILogger Log);
