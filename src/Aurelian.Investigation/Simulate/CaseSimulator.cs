using System.Globalization;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>Makes cases with known truth. Same setting and seed, same case.</summary>
public static class CaseSimulator
{
    private const double Beginning = 1_778_400_000;
    private const double BackgroundBeyond = 1200;
    private const int AttemptsMax = 50;

    public static SimulatedCase Make(SimulationSetting setting, int seed)
    {
        ArgumentNullException.ThrowIfNull(setting);
        Random random = new(unchecked((seed * 7919) + StableHash(setting.Name)));
        double start = Beginning + Math.Floor(random.Uniform(0, 100_000));
        EpisodeScheduler scheduler;
        List<EpisodePlan> episodes;
        int attempts = 0;
        do
        {
            scheduler = new EpisodeScheduler(setting, random, start);
            episodes = scheduler.Run();
        }
        while (++attempts < AttemptsMax && scheduler.CulpritTasks.Values.Any(flavour =>
            episodes.SelectMany(e => e.Calls).Count(c => c.Flavour == flavour) < setting.CulpritCallsMin));
        List<CaseCall> calls = Calls(episodes, random, seed);
        SimulatedTruth truth = new()
        {
            OffsetSeconds = random.Uniform(-setting.OffsetSecondsMax, setting.OffsetSecondsMax)
                + setting.ZoneShiftSeconds,
            DriftPpm = random.Uniform(-setting.DriftPpmMax, setting.DriftPpmMax), ReferenceTime = start,
            LagMedianSeconds = Math.Exp(random.Uniform(
                Math.Log(setting.LagSecondsLow), Math.Log(setting.LagSecondsHigh))),
            Culprits = [.. scheduler.CulpritTasks.OrderBy(c => c.Value).Select(c => new SimulatedCulprit
            {
                Task = c.Key, Flavour = c.Value,
                Calls = [.. episodes.SelectMany(e => e.Calls).Where(p => p.Flavour == c.Value).Select(p => p.Index)],
            })],
            AlertsPerSecond = PerSecond(setting, episodes), Alerts = [],
        };
        List<MadeAlert> made = Alerts(setting, episodes, truth, random);
        (List<CaseAlert> alerts, List<SimulatedCause> causes, List<CaseFlow> flows) =
            AlertLog.Write(setting, made, episodes, truth, random);
        return new SimulatedCase
        {
            Setting = setting, Seed = seed, Truth = truth with { Alerts = causes },
            Case = new InvestigationCase
            {
                Calls = calls, Alerts = RepeatedAlerts.Mark(alerts), Flows = flows,
                GrainSeconds = setting.GrainSeconds, ZoneShiftSeconds = setting.ZoneShiftSeconds,
            },
        };
    }

    private static int StableHash(string text) => text.Aggregate(17, (h, c) => unchecked((h * 31) + c));

    private static List<CaseCall> Calls(List<EpisodePlan> episodes, Random random, int seed)
    {
        List<CaseCall> calls = [];
        HashSet<string> ids = [];
        foreach (EpisodePlan episode in episodes)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"ep-{seed:d3}-{episode.Index:d6}");
            foreach (CallPlan call in episode.Calls)
            {
                string id;
                do
                {
                    id = $"call_{random.NextInt64(1L << 32):x8}";
                }
                while (!ids.Add(id));
                call.Index = calls.Count;
                calls.Add(new CaseCall
                {
                    Id = id, Episode = name, Task = episode.Task, Tool = "bash", Command = call.Command,
                    Checkpoint = $"coder-30b-a3b-step{episode.Step / 8 * 8:d4}", Step = episode.Step,
                    Start = Micro(call.Start), End = Micro(call.End), SandboxStart = Micro(episode.Start),
                    SandboxEnd = Micro(episode.End),
                    HostAddress = $"10.88.{(episode.Slot + 2) / 256}.{(episode.Slot + 2) % 256}",
                });
            }
        }

        return calls;
    }

    private static double Micro(double seconds) => Math.Round(seconds, 6);

    private static List<MadeAlert> Alerts(
        SimulationSetting setting, List<EpisodePlan> episodes, SimulatedTruth truth, Random random)
    {
        List<MadeAlert> made = [];
        foreach (EpisodePlan episode in episodes)
        {
            foreach (CallPlan call in episode.Calls.Where(c => c.Flavour is not null))
            {
                foreach (double at in Times(
                    setting, call, truth.LagMedianSeconds, truth.AlertsPerSecond, random))
                {
                    int type = random.Chance(0.85) ? CommandBook.TypeOf(call.Flavour!.Value) : 4;
                    made.Add(new MadeAlert(at, type, episode, call));
                }
            }
        }

        // The background comes in stretches of more and less.
        double from = episodes.Min(e => e.Start) - BackgroundBeyond;
        double to = episodes.Max(e => e.End) + BackgroundBeyond;
        for (double stretch = from; stretch < to; stretch += 400)
        {
            double rate = setting.BackgroundPerHour / 3600 * random.Gamma(3) / 3;
            double gap = 1 / rate;
            for (double t = stretch + random.Exponential(gap); t < stretch + 400; t += random.Exponential(gap))
            {
                made.Add(new MadeAlert(t, random.Weighted(CommandBook.BackgroundTypes), null, null));
            }
        }

        made.RemoveAll(_ => random.Chance(setting.MissingShare));
        return [.. made.OrderBy(a => a.Time)];
    }

    // So that the culprits set off about as many alerts as the setting says, missing ones taken off.
    private static double PerSecond(SimulationSetting setting, List<EpisodePlan> episodes)
    {
        if (setting.BeaconSeconds is { } beat)
        {
            return 1 / beat;
        }

        CallPlan[] culprits = [.. episodes.SelectMany(e => e.Calls).Where(c => c.Flavour is not null)];
        double wanted = (setting.CulpritAlerts * Math.Max(1, setting.Culprits) / (1 - setting.MissingShare))
            - (setting.OnsetShare * culprits.Length);
        double alive = culprits.Sum(c => c.ProcessEnd - c.Start);
        return Math.Max(0.2 * culprits.Length, wanted) / Math.Max(1, alive);
    }

    private static IEnumerable<double> Times(
        SimulationSetting setting, CallPlan call, double lagMedian, double perSecond, Random random)
    {
        double first = call.Start + random.LogNormal(lagMedian, setting.LagSigma);
        if (random.Chance(setting.OnsetShare) && first < call.ProcessEnd)
        {
            yield return first;
        }

        double beat = setting.BeaconSeconds ?? 1 / perSecond;
        double at = call.Start;
        while (true)
        {
            at += setting.BeaconSeconds is null ? random.Exponential(beat) : beat * random.Uniform(0.9, 1.1);
            if (at >= call.ProcessEnd)
            {
                yield break;
            }

            yield return at;
        }
    }
}

/// <summary>One alert before the firewall wrote it down: trace time, type, and its cause if it has one.</summary>
internal sealed record MadeAlert(double Time, int Type, EpisodePlan? Episode, CallPlan? Call);
