using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace PoA.Nostr.Relays;

/// <summary>
/// All relays that this process talks to, one link each. Ours stay connected for ever; those that events name are
/// dialled through a vetting dialler, counted, and left when idle.
/// </summary>
public sealed class RelayPool : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, RelayLink> _links = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    readonly HttpMessageInvoker _plain;
    readonly HttpMessageInvoker? _vetted;
    readonly ITimer _sweep;

    /// <param name="options">How patient to be.</param>
    /// <param name="signer">Signs in at relays of ours that demand it; never at a stranger's.</param>
    /// <param name="vetted">Dials strangers' relays under the rules for strangers' addresses; null refuses
    /// them. It becomes the pool's.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where connections come and go.</param>
    public RelayPool(
        RelayPoolOptions options, ISigner? signer, HttpMessageInvoker? vetted, TimeProvider clock,
        ILogger<RelayPool> log)
    {
        (Options, Signer, _vetted, Clock, Log) = (options, signer, vetted, clock, log);
        _plain = new(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
        });
        _sweep = clock.CreateTimer(_ => LeaveIdle(), null, options.StrangerIdle, options.StrangerIdle);
    }

    /// <summary>Every relay that is dialled now.</summary>
    public IReadOnlyCollection<RelayLink> Links => [.. _links.Values];

    internal RelayPoolOptions Options { get; }

    internal ISigner? Signer { get; }

    internal TimeProvider Clock { get; }

    internal ILogger Log { get; }

    /// <summary>The link to a relay that is dialled already, or null.</summary>
    public RelayLink? Find(string url) => _links.GetValueOrDefault(url);

    /// <summary>A relay of ours: dialled now and for ever.</summary>
    public RelayLink Ours(string url)
    {
        lock (_lock)
        {
            if (_links.TryGetValue(url, out var link) && !link.IsStranger) return link;
            if (link is not null) _ = link.DisposeAsync().AsTask();
            return _links[url] = new(this, url, stranger: false);
        }
    }

    /// <summary>A relay of ours is ours no longer.</summary>
    public async Task LeaveAsync(string url)
    {
        if (_links.TryRemove(url, out var link)) await link.DisposeAsync();
    }

    /// <summary>
    /// The link to a relay that an event named, or null when there are too many or its URL is not normal.
    /// </summary>
    public RelayLink? Stranger(string url)
    {
        if (_links.TryGetValue(url, out var link)) return link;
        if (_vetted is null || RelayUrl.TryNormalise(url) != url) return null;
        lock (_lock)
        {
            if (_links.TryGetValue(url, out link)) return link;
            if (_links.Values.Count(one => one.IsStranger) >= Options.StrangersMax) return null;
            return _links[url] = new(this, url, stranger: true);
        }
    }

    /// <summary>Sends an event to every relay at the same time; each answers for itself.</summary>
    public IReadOnlyList<Task<RelayAnswer>> Publish(
        NostrEvent published, IEnumerable<string> relays, CancellationToken ct)
    {
        var message = ClientMessages.Write(new ClientMessage.Publish(published));
        return [.. relays.Select(url => Stranger(url) is { } link
            ? link.PublishAsync(published.Id, message, ct)
            : Task.FromResult<RelayAnswer>(
                new(url, RelayOutcome.Refused, new(RelayWord.Invalid, "Not a relay that we dial."))))];
    }

    /// <summary>True as soon as one accepts, while the others go on; false when none has.</summary>
    public static async Task<bool> AnyAcceptsAsync(IReadOnlyList<Task<RelayAnswer>> answers)
    {
        await foreach (var answered in Task.WhenEach(answers))
        {
            if ((await answered).Outcome == RelayOutcome.Accepted) return true;
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await Task.WhenAll(_links.Values.Select(link => link.DisposeAsync().AsTask()));
        _plain.Dispose();
        _vetted?.Dispose();
    }

    internal HttpMessageInvoker DialerOf(RelayLink link) => link.IsStranger ? _vetted! : _plain;

    void LeaveIdle()
    {
        foreach (var link in _links.Values.Where(link => link.IsIdle))
        {
            if (_links.TryRemove(new(link.Url, link))) _ = link.DisposeAsync().AsTask();
        }
    }
}
