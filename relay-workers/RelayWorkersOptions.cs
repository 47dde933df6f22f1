using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.RelayWorkers;

/// <summary>How events are taken in and sent out. Durations unless a name says otherwise.</summary>
public sealed class RelayWorkersOptions
{
    public const string Section = "RelayWorkers";

    /// <summary>The relay to use while relays.json is empty.</summary>
    public string? DevnetRelay { get; set; }

    /// <summary>The longest wait before a relay of ours that keeps going away is dialled again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RedialMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Handlers that run at one time.</summary>
    [Range(1, 4_096)]
    public int HandlersMax { get; set; } = 128;

    /// <summary>Events that wait in memory for a handler; the rest wait in the database.</summary>
    [Range(1, 100_000)]
    public int WaitingMax { get; set; } = 2_048;

    /// <summary>How often a handler may fail on an event before a person has to look.</summary>
    [Range(1, 100)]
    public int AttemptsMax { get; set; } = 8;

    /// <summary>How long a process that died keeps others from its rows.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the database is looked through for what nobody was told about.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How far back the first catch-up with a relay reaches.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(48);

    /// <summary>The same for the role "index": profiles and follow lists are worth having at any age.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3660.00:00:00")]
    public TimeSpan IndexWindow { get; set; } = TimeSpan.FromDays(366);

    /// <summary>How far before its cursor a catch-up begins: clocks are wrong, and authors date events back.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often what a relay keeps is compared with what we have.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often it is written down that we listen.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ListeningEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long relays that have not accepted an event are tried when another one has.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OthersFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an event is tried that no relay has accepted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan SendFor { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long handled and sent events are remembered; longer than any catch-up reaches back.</summary>
    [Range(typeof(TimeSpan), "3.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often announcements are repeated although nothing changed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AnnounceEvery { get; set; } = TimeSpan.FromDays(6);

    /// <summary>How often announcements are compared with what stands.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan AnnounceCheckEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a heartbeat says that an agent is alive; a new one comes after a third of it.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "1.00:00:00")]
    public TimeSpan HeartbeatLife { get; set; } = TimeSpan.FromMinutes(15);
}

[OptionsValidator]
sealed partial class RelayWorkersOptionsValidator : IValidateOptions<RelayWorkersOptions>;
