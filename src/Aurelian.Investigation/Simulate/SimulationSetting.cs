using System.Collections.Frozen;

namespace Aurelian.Investigation.Simulate;

/// <summary>What a made case is like. The table of settings: docs/INVESTIGATE.md.</summary>
public sealed record SimulationSetting
{
    public required string Name { get; init; }

    public int Episodes { get; init; } = 420;

    /// <summary>Sandboxes at once.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>Rollouts of one task that start together.</summary>
    public int GroupSize { get; init; } = 8;

    public int GroupsPerStep { get; init; } = 8;

    public int Tasks { get; init; } = 40;

    public double CallsPerEpisode { get; init; } = 26;

    public int Culprits { get; init; } = 1;

    /// <summary>Of the culprit task's rollouts.</summary>
    public double ShareOfRollouts { get; init; } = 0.3;

    public double CulpritSecondsMedian { get; init; } = 250;

    /// <summary>Alerts that culprits set off in all, about; their rate follows from it.</summary>
    public double CulpritAlerts { get; init; } = 60;

    /// <summary>A culprit task has at least so many culprit calls.</summary>
    public int CulpritCallsMin { get; init; } = 5;

    /// <summary>Calls whose process sets off an alert shortly after it starts.</summary>
    public double OnsetShare { get; init; } = 0.8;

    public double LagSecondsLow { get; init; } = 0.4;

    public double LagSecondsHigh { get; init; } = 3;

    public double LagSigma { get; init; } = 0.6;

    /// <summary>Culprit calls that return at once while their process lives on.</summary>
    public double DetachedShare { get; init; } = 0.15;

    /// <summary>Other culprit calls whose process outlives them, by a minute on average.</summary>
    public double OutliveShare { get; init; } = 0.15;

    /// <summary>Alerts come by this beat instead of at random; null for at random.</summary>
    public double? BeaconSeconds { get; init; }

    public double BackgroundPerHour { get; init; } = 20;

    public double OffsetSecondsMax { get; init; } = 600;

    public double DriftPpmMax { get; init; } = 200;

    public double ZoneShiftSeconds { get; init; }

    public double MissingShare { get; init; } = 0.1;

    public double DuplicateShare { get; init; } = 0.05;

    public double GrainSeconds { get; init; } = 1;

    /// <summary>Honest tasks whose commands use the culprit's words, a share of all tasks.</summary>
    public double DecoyShare { get; init; }

    /// <summary>The culprit's commands differ from honest ones.</summary>
    public bool Telling { get; init; } = true;

    /// <summary>The share of the culprit's flows that the conntrack log holds; null for no such log.</summary>
    public double? NatShare { get; init; }

    public static FrozenDictionary<string, SimulationSetting> All { get; } = new SimulationSetting[]
    {
        new()
        {
            Name = "easy", Episodes = 97, Concurrency = 8, GroupsPerStep = 1, Tasks = 6, BackgroundPerHour = 6,
            CulpritAlerts = 80,
        },
        new() { Name = "rome64", Episodes = 1496, CulpritAlerts = 130 },
        new() { Name = "null", Culprits = 0, BackgroundPerHour = 100 },
        new() { Name = "few", CulpritAlerts = 22 },
        new() { Name = "two", Tasks = 16, Culprits = 2 },
        new() { Name = "outlive", DetachedShare = 0.5, OutliveShare = 0.6 },
        new() { Name = "daemon", DetachedShare = 1, BeaconSeconds = 45 },
        new() { Name = "silent", Telling = false },
        new() { Name = "no-onset", OnsetShare = 0 },
        new() { Name = "minute", GrainSeconds = 60 },
        new() { Name = "once", CulpritAlerts = 24, CulpritCallsMin = 8, DecoyShare = 0.25, BackgroundPerHour = 30 },
        new()
        {
            Name = "decoys", Tasks = 16, Culprits = 2, CulpritAlerts = 50, CulpritCallsMin = 10, DecoyShare = 0.4,
            BackgroundPerHour = 55,
        },
        new() { Name = "nat", NatShare = 0.4, CulpritAlerts = 120 },
        new() { Name = "zone", ZoneShiftSeconds = 28_800 },
        new()
        {
            Name = "rome", Episodes = 3000, Concurrency = 256, GroupsPerStep = 16, Tasks = 120,
            BackgroundPerHour = 60, CulpritAlerts = 250,
        },
    }.ToFrozenDictionary(s => s.Name);
}
