namespace Aurelian.Investigation.Simulate;

/// <summary>Runs a training job's rollouts through a fixed number of sandboxes: step by step, group by group, each as
/// soon as a sandbox is free.</summary>
internal sealed class EpisodeScheduler(SimulationSetting setting, Random random, double start)
{
    public const double CallSecondsMax = 600;
    private const double DetachedLifeMedian = 150;
    private const double OutliveMean = 60;

    /// <summary>Tasks that misbehave, with their flavour.</summary>
    public Dictionary<string, int> CulpritTasks { get; } = [];

    public List<EpisodePlan> Run()
    {
        string[] tasks = Tasks();
        HashSet<string> decoys = ChooseRoles(tasks);
        PriorityQueue<int, double> free = new();
        for (int slot = 0; slot < setting.Concurrency; slot++)
        {
            free.Enqueue(slot, start + (slot * random.Uniform(0.1, 0.4)));
        }

        List<EpisodePlan> episodes = [];
        Queue<string> bag = new();
        for (int step = 0; episodes.Count < setting.Episodes; step++)
        {
            for (int group = 0; group < setting.GroupsPerStep; group++)
            {
                if (bag.Count == 0)
                {
                    random.Shuffle(tasks);
                    bag = new Queue<string>(tasks);
                }

                string task = bag.Dequeue();
                for (int k = 0; k < setting.GroupSize && episodes.Count < setting.Episodes; k++)
                {
                    free.TryDequeue(out int slot, out double at);
                    EpisodePlan episode = new()
                    {
                        Index = episodes.Count, Task = task, Step = step, Slot = slot, Start = at,
                    };
                    Fill(episode, decoys.Contains(task));
                    free.Enqueue(slot, episode.End + random.Uniform(0.2, 3));
                    episodes.Add(episode);
                }
            }
        }

        return episodes;
    }

    private string[] Tasks()
    {
        HashSet<string> names = [];
        while (names.Count < setting.Tasks)
        {
            names.Add($"{random.Pick(CommandBook.Kinds)}-{random.Pick(CommandBook.Things)}-{random.Next(140):d4}");
        }

        return [.. names];
    }

    private HashSet<string> ChooseRoles(string[] tasks)
    {
        string[] order = [.. tasks];
        random.Shuffle(order);
        // A task that never gets a turn can be no culprit.
        int reached = Math.Min(order.Length, Math.Max(1, setting.Episodes / setting.GroupSize));
        for (int i = 0; i < setting.Culprits; i++)
        {
            CulpritTasks[order[i]] = i;
        }

        random.Shuffle(tasks);
        string[] first = [.. CulpritTasks.Keys];
        for (int i = 0; i < first.Length; i++)
        {
            int at = Array.IndexOf(tasks, first[i]), to = random.Next(reached);
            (tasks[at], tasks[to]) = (tasks[to], tasks[at]);
        }

        return [.. order.Skip(setting.Culprits).Take((int)Math.Round(setting.DecoyShare * tasks.Length))];
    }


    private void Fill(EpisodePlan episode, bool decoy)
    {
        bool bad = CulpritTasks.TryGetValue(episode.Task, out int flavour) && random.Chance(setting.ShareOfRollouts);
        int count = Math.Max(1, (int)random.LogNormal(setting.CallsPerEpisode * 0.85, 0.6));
        int wrong = bad ? 1 + random.Next(2) : 0;
        double at = episode.Start;
        for (int k = 0; k < count; k++)
        {
            at += random.LogNormal(6, 0.7);
            bool culprit = wrong > 0 && random.Chance(wrong / (double)(count - k));
            wrong -= culprit ? 1 : 0;
            CallPlan call = culprit ? Misbehave(at, flavour) : Work(at, decoy);
            at = call.End;
            episode.Calls.Add(call);
        }

        episode.End = at + random.Uniform(0.5, 10);
        foreach (CallPlan call in episode.Calls)
        {
            call.ProcessEnd = Math.Min(call.ProcessEnd, episode.End);
        }
    }

    private CallPlan Work(double at, bool decoy)
    {
        (string text, double median) = decoy && random.Chance(0.12)
            ? (CommandBook.Decoy(random), 0.6)
            : CommandBook.Honest(random);
        double end = at + Math.Min(CallSecondsMax, random.LogNormal(median, 1.1));
        return new CallPlan { Command = text, Start = at, End = end, ProcessEnd = end };
    }

    private CallPlan Misbehave(double at, int flavour)
    {
        string text = setting.Telling
            ? CommandBook.Misbehaviour(random, flavour)
            : CommandBook.Unremarkable(random);
        bool detached = random.Chance(setting.DetachedShare);
        if (detached)
        {
            return new CallPlan
            {
                Command = setting.Telling ? $"nohup {text} >/dev/null 2>&1 &" : text,
                Start = at, End = at + random.Uniform(0.1, 0.5), Flavour = flavour, Detached = true,
                ProcessEnd = at + random.LogNormal(DetachedLifeMedian, 0.6),
            };
        }

        double end = at + Math.Min(CallSecondsMax, random.LogNormal(setting.CulpritSecondsMedian, 0.6));
        double tail = random.Chance(setting.OutliveShare) ? random.Exponential(OutliveMean) : 0;
        return new CallPlan { Command = text, Start = at, End = end, Flavour = flavour, ProcessEnd = end + tail };
    }

    /// <summary>The chance that a culprit's process still lives this long after its call began: all that an oracle
    /// knows of it.</summary>
    public static double Survival(SimulationSetting setting, double seconds, double span, bool detached)
    {
        if (detached)
        {
            return 0.5 * Special.Erfc(Math.Log(Math.Max(seconds, 1e-9) / DetachedLifeMedian) / 0.6 / Math.Sqrt(2));
        }

        return seconds <= span ? 1 : setting.OutliveShare * Math.Exp(-(seconds - span) / OutliveMean);
    }
}
