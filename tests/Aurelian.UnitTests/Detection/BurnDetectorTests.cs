using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class BurnDetectorTests
{
    private readonly Scene _scene = new();
    private double _cpu;
    private long _written = 1000;

    [Fact]
    public void Burn_that_outlives_its_call_and_puts_nothing_out_is_suspect()
    {
        Burn(5, cores: 1);
        End();
        Burn(9, cores: 1);
        Assert.Empty(Resource);
        Burn(3, cores: 1);

        Finding finding = Assert.Single(Resource);
        Assert.Equal(("resource-burn-outlived", Severity.Medium), (finding.Rule, finding.Severity));
        Assert.Equal(Scene.Call, finding.Subject.Call);
    }

    [Fact]
    public void What_was_written_before_the_call_s_end_and_told_after_it_is_no_output_of_what_outlives_it()
    {
        End();
        _scene.Add(new Fact.FileOpenedForWriting("/tmp/log"));
        Burn(12, cores: 1);

        Assert.Equal(Severity.Medium, Assert.Single(Resource).Severity);
    }

    [Theory]
    [InlineData("memfd:x", "x")]
    [InlineData("/tmp/worker", "[kworker/0:1]")]
    [InlineData("/tmp/a", "a -o stratum+ssl://pool.example:443")]
    public void With_what_no_work_needs_it_is_abuse(string executable, string arguments)
    {
        _scene.Add(new Fact.ProcessExecuted(1, executable, [.. arguments.Split(' ')], false, false));
        End();
        Burn(12, cores: 1);

        Assert.Equal(Severity.High, Assert.Single(Resource).Severity);
    }

    /// <summary>Seen where a look fell between the call's end and the copying.</summary>
    [Fact]
    public void Writing_a_program_into_memory_is_no_output()
    {
        End();
        Burn(1, cores: 0.1, running: 1);
        _scene.Add(new Fact.ProcessExecuted(1, "memfd:x", ["x"], false, true));
        Burn(1, cores: 1, bytes: 7_000_000);
        Burn(20, cores: 1);

        Assert.Equal(Severity.High, Assert.Single(Resource).Severity);
    }

    [Fact]
    public void A_pool_s_name_beside_a_silent_burn_is_abuse_and_alone_is_not()
    {
        _scene.Add(new Fact.DnsAsked("eu.nanopool.org", "A", "denied", "198.18.0.9", false));
        Assert.All(_scene.Findings, finding => Assert.Equal(Severity.Low, finding.Severity));

        Burn(17, cores: 1);

        Assert.Equal(Severity.High, Assert.Single(Resource).Severity);
    }

    [Theory]
    [InlineData(60, 0)] // prints a line every few seconds
    [InlineData(0, 1)] // saves now and then
    public void Training_in_the_background_that_puts_something_out_is_honest(long bytes, int files)
    {
        Burn(5, cores: 2);
        End();
        for (int round = 0; round < 30; round++)
        {
            Burn(3, cores: 2, bytes);
            if (files > 0 && round % 10 == 0)
            {
                _scene.Add(new Fact.FileOpenedForWriting("/home/dev/model.pt"));
            }
        }

        Assert.DoesNotContain(Resource, finding => finding.Severity >= Severity.Medium);
    }

    [Theory]
    [InlineData(1.0, true)] // every byte written went into TLS
    [InlineData(1.5, false)] // and half as much elsewhere: a log
    [InlineData(0.3, false)] // TLS by another call of the kernel, and a log
    public void What_is_said_inside_tls_is_no_output(double written, bool found)
    {
        Burn(1, cores: 1);
        End();
        for (int round = 0; round < 12; round++)
        {
            Burn(10, cores: 1, bytes: (long)(written * 5000));
            _scene.Add(new Fact.FlowMeasured(
                new FlowId("f1"), CaptureScene.At("100.64.0.2", 4000), CaptureScene.At("198.18.0.7", 443),
                Transport.Tcp, "cdn.example", "tls", 10, new MessageShape(5, 5000, 1000, 2, 1, 3),
                new MessageShape(5, 500, 100, 2, 1, 3)));
        }

        Assert.Equal(found, Resource.Any(finding => finding.Rule == "resource-burn-outlived"));
    }

    [Fact]
    public void On_a_busy_machine_it_counts_that_it_never_rests()
    {
        End();
        Burn(12, cores: 0.1, running: 1);

        Assert.Equal(Severity.Medium, Assert.Single(Resource).Severity);
    }

    [Fact]
    public void A_server_that_answers_now_and_then_is_honest()
    {
        End();
        Burn(600, cores: 0.1);

        Assert.Empty(Resource);
    }

    [Fact]
    public void A_benchmark_within_its_call_is_a_line_of_evidence_and_no_more()
    {
        Burn(300, cores: 2);

        Assert.Equal(Severity.Low, Assert.Single(Resource).Severity);
    }

    [Fact]
    public void A_quarter_of_an_hour_without_a_word_is_suspect()
    {
        Burn(600, cores: 2);

        Assert.Equal(Severity.Medium, Resource.Last().Severity);
    }

    [Theory]
    [InlineData("sysctl -w vm.nr_hugepages=1280", Severity.Medium)]
    [InlineData("modprobe msr allow_writes=on", Severity.Medium)]
    [InlineData("tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", Severity.Medium)]
    public void Preparing_the_machine_is_suspect(string command, Severity severity)
    {
        _scene.Exec(20, command.Split(' '));

        Assert.Equal(severity, Assert.Single(Resource).Severity);
    }

    [Theory]
    [InlineData("sysctl vm.nr_hugepages")]
    [InlineData("grep -r nr_hugepages src")]
    [InlineData("modprobe overlay")]
    public void Reading_about_it_is_not(string command)
    {
        _scene.Exec(20, command.Split(' '));

        Assert.Empty(Resource);
    }

    private IEnumerable<Finding> Resource => _scene.Findings.Where(finding => finding.Category == Category.Resource);

    private void End() => _scene.Add(new Fact.ToolCallEnded(0, false, false, 0, false, _cpu));

    private void Burn(int seconds, double cores, long bytes = 0, int running = 0)
    {
        for (int second = 0; second < seconds; second++)
        {
            _cpu += cores;
            _written += bytes / seconds;
            _scene.NowNs += 1_000_000_000;
            BurnShape shape = new(2, Math.Max(running, (int)cores), _written, 0);
            _scene.Add(new Fact.ResourceSampled(_cpu, null, 1, shape));
        }
    }
}
