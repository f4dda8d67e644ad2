using System.Diagnostics;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

/// <summary>One sandbox floods every sensor at once; another works beside it.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int Programs = 40;

    /// <summary>Forks, connects, datagrams, questions and output, each as fast as it goes.</summary>
    private const string Flood = """
        cat >f.py <<'X'
        import os, socket, sys, time
        kind, end = sys.argv[1], time.time() + 4
        n = 0
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        while time.time() < end:
            n += 1
            try:
                if kind == "fork":
                    pid = os.fork()
                    if pid == 0: os._exit(0)
                    os.waitpid(pid, 0)
                elif kind == "connect":
                    s = socket.socket(); s.setblocking(False); s.connect_ex(("203.0.113.%d" % (n % 250), 1 + n % 9000))
                    s.close()
                elif kind == "datagram": u.sendto(b"x", ("198.51.100.%d" % (n % 250), 1 + n % 60000))
                elif kind == "ask":
                    name = b"n%06d" % n
                    u.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0" + bytes([len(name)]) + name + b"\4test\0\0\1\0\1",
                             ("100.127.255.53", 53))
                else: os.write(1, b"y" * 65536)
            except OSError: pass
        X
        for kind in fork connect datagram ask output; do python3 f.py $kind & done; wait
        """;

    private static readonly string Work = $$"""
        sleep 2
        for i in $(seq {{Programs}}); do /usr/bin/true; done
        for i in $(seq 10); do getent hosts name$i.example >/dev/null; done
        """;

    [Fact]
    public async Task A_sandbox_that_floods_every_sensor_blinds_nobody_but_itself()
    {
        (RunSummary summary, List<Event> events) = await RunAsync(Flood, Work);

        Event[] quiet = [.. events.Where(each => each.Subject.Episode?.Value == "e2")];
        Assert.Equal(Programs, quiet.Count(each => each.Fact is Fact.ProcessExecuted
        {
            Executable: "/usr/bin/true"
        }));
        Assert.Equal(10, quiet.Select(each => each.Fact).OfType<Fact.DnsAsked>()
            .Where(asked => asked.Name.StartsWith("name", StringComparison.Ordinal))
            .Select(asked => asked.Name).Distinct().Count());
        Event[] gaps = [.. events.Where(each => each.Fact is Fact.Gap)];
        Assert.NotEmpty(gaps);
        Assert.All(gaps, gap => Assert.Equal("e1", gap.Subject.Episode?.Value));
        Assert.All(gaps, gap => Assert.True(((Fact.Gap)gap.Fact).CausedBySandbox));
        Assert.Equal(VerdictState.Clean, summary.Episodes[1].Verdict.State);
        Assert.Equal(CoverageState.Full, summary.Episodes[1].Verdict.Coverage);
        Assert.NotEqual(VerdictState.Clean, summary.Episodes[0].Verdict.State);
    }

    /// <summary>
    /// Its share is what it has beside one that merely computes on as many cores; measured in turns, since the
    /// machine's own load comes and goes.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_sandbox_that_floods_slows_another_no_more_than_one_that_computes()
    {
        const string compute = "for i in 1 2 3 4 5; do timeout 4 sh -c 'while :; do :; done' & done; wait";
        List<double> ratios = [];
        for (int round = 0; round < 7; round++)
        {
            double fair = await SecondsAsync(compute), flooded = await SecondsAsync(Flood);
            ratios.Add(flooded / fair);
            output.WriteLine($"beside a computing one {fair:0.000} s, beside a flooding one {flooded:0.000} s");
        }

        Assert.InRange(ratios.Order().ElementAt(ratios.Count / 2), 0, 1.5);
    }

    private static async Task<double> SecondsAsync(string beside)
    {
        (RunSummary summary, _) = await RunAsync(beside, Work);
        ToolCallSummary call = summary.Episodes[1].ToolCalls[0];
        return (call.EndedAt!.Value - call.StartedAt).TotalSeconds - 2;
    }

    private static async Task<(RunSummary Summary, List<Event> Events)> RunAsync(params string[] commands)
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        RunPlan plan = RunPlanner.Plan(new RunConfig
        {
            RunsFolder = runs,
            Linger = TimeSpan.Zero,
            Timeout = TimeSpan.FromSeconds(60),
            Episodes = [.. commands.Select(command => new EpisodeConfig { Command = ["bash", "-c", command] })],
        }).Plan!;
        RunSummary summary = await WatchedRun.ExecuteAsync(
            plan, new QuietObserver(), TimeProvider.System, TestContext.Current.CancellationToken);
        using (TimelineReader timeline = TimelineReader.Open(Path.Combine(summary.Folder!, "timeline.db")))
        {
            List<Event> events = [.. timeline.Read()];
            Directory.Delete(runs, recursive: true);
            return (summary, events);
        }
    }
}
