using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>What the firewall and the host's NAT write down of made alerts: whole stamps on a wrong clock, repeated
/// lines, reused ports.</summary>
internal static class AlertLog
{
    private const string Outside = "198.51.100.20";
    private static readonly int[] Ports = [22, 443, 3333, 5555, 8080, 14444];

    public static (List<CaseAlert> Alerts, List<SimulatedCause> Causes, List<CaseFlow> Flows) Write(
        SimulationSetting setting, List<MadeAlert> made, List<EpisodePlan> episodes, SimulatedTruth truth,
        Random random)
    {
        List<(CaseAlert Alert, SimulatedCause Cause)> lines = [];
        List<CaseFlow> flows = [];
        CallPlan[] culprits = [.. episodes.SelectMany(e => e.Calls).Where(c => c.Flavour is not null)];
        foreach (MadeAlert alert in made)
        {
            double stamp = Math.Floor((alert.Time + truth.OffsetAt(alert.Time)) / setting.GrainSeconds)
                * setting.GrainSeconds;
            CaseAlert line = new()
            {
                Line = 0, Time = stamp, Type = CommandBook.AlertTypes[alert.Type], SourceAddress = Outside,
                SourcePort = random.Next(1024, 65536), DestinationAddress = $"203.0.113.{random.Next(1, 255)}",
                DestinationPort = random.Pick(Ports),
            };
            bool logged = setting.NatShare is { } share && alert.Call is not null && random.Chance(share);
            if (logged)
            {
                flows.Add(Flow(alert.Time, alert.Episode!, line, random));
            }

            SimulatedCause cause = new()
            {
                Call = alert.Call?.Index, TrueTime = alert.Time, Exact = logged,
                InSpan = alert.Call is { } call && alert.Time <= call.End,
                Alive = culprits.Count(c => c.Start <= alert.Time && alert.Time < c.ProcessEnd),
            };
            lines.Add((line, cause));
            if (random.Chance(setting.DuplicateShare))
            {
                double late = setting.GrainSeconds > 2 ? 0 : random.Next(-2, 3) * random.Next(2);
                lines.Add((line with { Time = stamp + late }, cause));
            }
        }

        if (setting.NatShare is not null)
        {
            AddOthers(flows, lines, episodes, random);
        }

        flows.Sort((a, b) => a.Time.CompareTo(b.Time));
        return ([.. lines.Select((l, i) => l.Alert with { Line = i + 1 })], [.. lines.Select(l => l.Cause)], flows);
    }

    private static CaseFlow Flow(double time, EpisodePlan episode, CaseAlert line, Random random) => new()
    {
        Time = Math.Round(time, 6), SourceAddress = $"10.88.{(episode.Slot + 2) / 256}.{(episode.Slot + 2) % 256}",
        SourcePort = random.Next(32768, 61000), DestinationAddress = line.DestinationAddress!,
        DestinationPort = line.DestinationPort, TranslatedAddress = line.SourceAddress,
        TranslatedPort = line.SourcePort,
    };

    // Ordinary flows, some through the very ports that an alert's flow used at another time.
    private static void AddOthers(
        List<CaseFlow> flows, List<(CaseAlert Alert, SimulatedCause Cause)> lines, List<EpisodePlan> episodes,
        Random random)
    {
        foreach (EpisodePlan episode in episodes)
        {
            for (int k = random.Next(4); k > 0; k--)
            {
                double time = random.Uniform(episode.Start, episode.End);
                (CaseAlert alert, SimulatedCause cause) = random.Pick(lines);
                bool reuse = random.Chance(0.1) && Math.Abs(cause.TrueTime - time) > 1800;
                CaseAlert like = reuse ? alert : alert with
                {
                    DestinationAddress = $"192.0.2.{random.Next(1, 255)}", DestinationPort = 443,
                    SourcePort = random.Next(1024, 65536),
                };
                flows.Add(Flow(time, episode, like, random));
            }
        }
    }
}
