using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class OtherDetectorTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    public void The_metadata_service_is_known_by_its_addresses(string address)
    {
        Scene scene = new();

        scene.Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse(address), 80), Transport.Tcp));

        Assert.Equal(Category.Metadata, Assert.Single(scene.High).Category);
    }

    [Fact]
    public void Asking_for_its_name_is_enough()
    {
        Scene scene = new();

        scene.Add(new Fact.DnsAsked("metadata.google.internal", "A", "synthetic address", "198.18.0.9", false));

        Assert.Single(scene.High);
    }

    [Fact]
    public void Another_link_local_address_is_no_metadata()
    {
        Scene scene = new();

        scene.Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse("169.254.1.1"), 80), Transport.Tcp));

        Assert.Empty(scene.Findings);
    }

    [Theory]
    [InlineData("bpf", "", Severity.Medium)]
    [InlineData("mount", "", Severity.Medium)]
    [InlineData("unshare", "CLONE_NEWUSER", Severity.Medium)]
    [InlineData("socket", "AF_PACKET", Severity.Medium)]
    [InlineData("socket", "AF_VSOCK", Severity.Medium)]
    [InlineData("io_uring_setup", "", Severity.Low)]
    [InlineData("keyctl", "", Severity.Low)]
    [InlineData("socket", "AF_INET SOCK_RAW", Severity.Low)]
    public void Refused_calls_are_judged_by_whether_they_have_an_honest_use(string syscall, string detail,
        Severity severity)
    {
        Scene scene = new();

        scene.Add(new Fact.SyscallRefused(syscall, detail)).Add(new Fact.SyscallRefused(syscall, detail));

        Finding finding = Assert.Single(scene.Findings);
        Assert.Equal((Category.Evasion, severity), (finding.Category, finding.Severity));
    }

    [Theory]
    [InlineData("[kworker/0:1]", true)]
    [InlineData("[", false)]
    [InlineData("[]", false)]
    [InlineData("kworker", false)]
    [InlineData("", false)]
    public void A_program_that_calls_itself_a_thread_of_the_kernel_is_told(string name, bool found)
    {
        Scene scene = new();

        scene.Add(new Fact.ProcessExecuted(1, "/tmp/x", [name, "-a"], false, false));

        Assert.Equal(found, scene.Findings.Any(finding => finding.Rule == "evasion-disguise"));
        Assert.DoesNotContain(scene.Findings, finding => finding.Severity > Severity.Low);
    }

    [Fact]
    public void The_metadata_service_in_a_capture_of_an_unknown_machine_is_suspect()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 3; index++)
        {
            scene.Add(new Fact.FlowOpened(
                new FlowId($"1.f{index}"), CaptureScene.At("192.0.2.9", 4000),
                CaptureScene.At("169.254.169.254", 80), Transport.Tcp, null));
        }

        Assert.Equal(Severity.Medium, Assert.Single(scene.Findings).Severity);
    }

    [Fact]
    public void Events_that_match_nothing_allocate_nothing()
    {
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];
        Event dull = new(1, default, 1, new Subject(Sandbox: new SandboxId("e1"), Call: new ToolCallId("e1.c1"),
            Pid: 5),
            new Fact.ProcessForked(4));
        for (int round = 0; round < 200; round++)
        {
            detectors.Observe(dull, findings);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            detectors.Observe(dull, findings);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }
}
