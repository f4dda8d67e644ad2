using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

/// <summary>kill -9 of Aurelian, of its warden and of both, anywhere in a run of eight episodes.</summary>
public sealed class RandomKillTests(ITestOutputHelper output)
{
    private const int RoundsOfLong = 200;

    /// <summary>A moment is some milliseconds after one of these, so that a busy machine is hit as evenly as an idle
    /// one.</summary>
    private static readonly string[] Stages =
    [
        "opening the timeline", "raising the firewall", "preparing sandboxes", "attaching sensors",
        "rehearsing the containment", "started", "call 1", "call 2", "grade", "1 of 8 done", "4 of 8 done",
        "7 of 8 done",
    ];

    public enum Victim
    {
        Aurelian,
        Warden,
        Both,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public Task After_kill_9_nothing_goes_on_and_what_was_told_is_stored(int seed) => KillAsync(new Random(seed));

    [Fact(Explicit = true)]
    public async Task After_kill_9_at_200_random_moments_nothing_goes_on_and_what_was_told_is_stored()
    {
        int seed = Environment.GetEnvironmentVariable("AURELIAN_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Environment.ProcessId;
        output.WriteLine($"AURELIAN_SEED={seed}");
        for (int round = 0; round < RoundsOfLong; round++)
        {
            output.WriteLine($"seed {seed + round}");
            await KillAsync(new Random(seed + round));
        }
    }

    private async Task KillAsync(Random random)
    {
        Victim victim = (Victim)random.Next(3);
        string stage = Stages[random.Next(Stages.Length)];
        TimeSpan later = TimeSpan.FromMilliseconds(random.Next(400));
        using AurelianProcess aurelian = AurelianProcess.Quickstart();
        await aurelian.SaidAsync(stage);
        await Task.Delay(later, TestContext.Current.CancellationToken);
        int? warden = aurelian.Warden();
        if (victim == Victim.Warden)
        {
            await Eventually.Async(() => (warden = aurelian.Warden()) is not null || aurelian.Process.HasExited, 30);
        }

        int[] killed = [.. new[] { victim == Victim.Aurelian ? null : warden }.OfType<int>(),
            .. victim == Victim.Warden ? Array.Empty<int>() : [aurelian.Process.Id]];
        Kill(killed);

        if (victim == Victim.Warden)
        {
            // Nobody else was killed: it ends by itself, and says why.
            int code = await aurelian.ExitAsync();
            bool whole = aurelian.Said.Contains("8 of 8 done", StringComparison.Ordinal);
            Assert.True(warden is null || whole || code == 1, $"exit code {code}: {aurelian.Said}");
            Assert.True(warden is null || whole
                || aurelian.Said.Contains("warden", StringComparison.OrdinalIgnoreCase), aurelian.Said);
        }
        else
        {
            await aurelian.ExitAsync();
        }

        long start = Stopwatch.GetTimestamp();
        await Eventually.Async(() => aurelian.Alive().Length == 0);
        output.WriteLine($"{victim}, {later.TotalMilliseconds} ms after '{stage}': alone within "
            + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.000} s");
        Assert.Empty(aurelian.Alive().Select(pid => File.ReadAllText($"/proc/{pid}/cmdline")));
        if (victim == Victim.Aurelian && warden is not null)
        {
            await Eventually.Async(() => aurelian.Leftovers().Length == 0, 3);
            Assert.Empty(aurelian.Leftovers());
        }

        if (victim != Victim.Warden)
        {
            // As the next start does it.
            Leftovers.Sweep("/run", aurelian.Temporary);
        }

        Assert.Empty(aurelian.Leftovers());
        await AssertStoredAsync(aurelian);
    }

    private static async Task AssertStoredAsync(AurelianProcess aurelian)
    {
        if (aurelian.Folder() is not { } folder)
        {
            Assert.Empty(aurelian.ToldOf);
            return;
        }

        List<Event> events;
        using (TimelineReader timeline = TimelineReader.Open(folder.Timeline))
        {
            events = [.. timeline.Read()];
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(each => each.Seq));
        Assert.Empty(aurelian.ToldOf.Except(events.Where(each => each.Fact is Fact.VerdictGiven)
            .Select(each => each.Subject.Episode!.Value.Value)));
        RunSummary summary = RunRecord.Summarise(events, folder.Path);
        if (summary.Ending == RunEnding.Missing)
        {
            Assert.Contains("did not end", await aurelian.IncidentsAsync(), StringComparison.Ordinal);
        }
    }

    private static void Kill(int[] pids)
    {
        // By number, and both in one breath; one may have ended by itself meanwhile.
        using Process kill = Process.Start(new ProcessStartInfo("kill", ["-9", .. pids.Select(pid => $"{pid}")])
        {
            RedirectStandardError = true,
        })!;
        kill.WaitForExit();
    }
}
