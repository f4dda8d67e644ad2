using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Faults;

/// <summary>Many at once: programs on one machine, sandboxes in one program.</summary>
public sealed class ManyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_programs_that_start_at_once_sweep_the_same_remains_and_do_not_disturb_each_other()
    {
        string[] remains = [.. CgroupLayout.Probe().Hierarchies.Prepend(CgroupLayout.Probe().Unified)
            .SelectMany(mount => Enumerable.Range(0, 20)
                .Select(number => Path.Combine(mount, $"aurelian-9999{number:0000}-1")))];
        foreach (string folder in remains)
        {
            Directory.CreateDirectory(Path.Combine(folder, "e1", "c1"));
        }

        AurelianProcess[] both = [.. Enumerable.Range(0, 2).Select(number =>
            AurelianProcess.Run($"sleep 0.{number}; for i in 1 2 3; do /usr/bin/true; done; echo done {number}"))];
        int[] codes = await Task.WhenAll(both.Select(each => each.ExitAsync(120)));

        Assert.All(codes.Zip(both), each => Assert.True(each.First == 0, each.Second.Said));
        Assert.Equal(["done 0", "done 1"], both.Select(each => each.Output.Trim()));
        Assert.All(remains, folder => Assert.False(Directory.Exists(folder)));
        Assert.All(both, each => Assert.Empty(each.Leftovers()));
        foreach (AurelianProcess each in both)
        {
            each.Dispose();
        }
    }

    [Theory]
    [InlineData(24)]
    [InlineData(200, Explicit = true)]
    public async Task Many_sandboxes_at_once_are_each_watched_and_held(int count)
    {
        RecordingSink sink = new();
        CgroupDirectory directory = new();
        await using Gateway gateway = Gateway.Start(new NoUpstream(), sink, TimeProvider.System);
        using NetworkSlotPool slots = NetworkSlotPool.Start(gateway.Namespace, count, count);
        SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, directory, sink, TimeProvider.System);
        KernelSensor sensor = KernelSensor.Start(
            NativeFolder.Find(), host.Cgroup2Root, directory, sink, TimeProvider.System);
        gateway.Owner = sensor;
        long start = Stopwatch.GetTimestamp();
        ISandbox[] sandboxes = new ISandbox[count];
        ParallelOptions four = new()
        {
            MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForAsync(0, count, four, async (index, token) => sandboxes[index] =
            await MakeAsync(host, gateway, slots, index, token));
        output.WriteLine($"{count} made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");

        await WorkAsync(sandboxes, 1);
        // Longer than a gate stays open by itself: every one of them was renewed.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await WorkAsync(sandboxes, 2);
        await sensor.DrainAsync(TestContext.Current.CancellationToken);
        await gateway.DrainAsync(TestContext.Current.CancellationToken);

        ILookup<SandboxId?, string> programs = sink.Of<Fact.ProcessExecuted>()
            .ToLookup(each => each.Subject.Sandbox, each => each.Fact.Executable);
        ILookup<(SandboxId?, ToolCallId?), Fact.FlowOpened> flows = sink.Of<Fact.FlowOpened>()
            .ToLookup(each => (each.Subject.Sandbox, each.Subject.Call), each => each.Fact);
        Assert.Empty(sink.Of<Fact.Gap>());
        Assert.All(sandboxes, sandbox =>
        {
            Assert.Equal(6, programs[sandbox.Id].Count(path => path == "/usr/bin/true"));
            foreach (int call in new[] { 1, 2 })
            {
                ToolCallId id = ToolCallId.Numbered(new EpisodeId(sandbox.Id.Value), call);
                Assert.Single(flows[(sandbox.Id, id)], flow => flow.Destination.ToString() == "203.0.113.9:81");
            }
        });
        sensor.Dispose();
        start = Stopwatch.GetTimestamp();
        await host.DisposeAsync();
        output.WriteLine($"ended in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Assert.False(Directory.Exists(host.Cgroup2Root));
        Assert.All(sandboxes, sandbox => Assert.False(Directory.Exists($"/proc/{sandbox.InitPid}/root/etc")));
    }

    private static async Task<ISandbox> MakeAsync(
        SandboxHost host, Gateway gateway, NetworkSlotPool slots, int index, CancellationToken cancellationToken)
    {
        SandboxId id = new($"e{index + 1}");
        Subject subject = new(Episode: new EpisodeId(id.Value), Sandbox: id);
        ResourceLimits small = new() { MemoryBytes = 64 << 20, DiskBytes = 8 << 20, Cpus = 1 };
        ISandbox sandbox = await host.CreateAsync(
            new SandboxSpec { Id = id, Limits = small, Slot = slots.Acquire() }, subject, cancellationToken);
        gateway.Admit(subject, sandbox.Slot!, PolicyPlan.Empty);
        return sandbox;
    }

    private static async Task WorkAsync(ISandbox[] sandboxes, int call)
    {
        ExecResult[] results = await Task.WhenAll(sandboxes.Select(sandbox => sandbox.ShellAsync(
            call, "for i in 1 2 3; do /usr/bin/true; done; echo hi >/dev/tcp/203.0.113.9/81; echo over", 120)));
        Assert.All(results, result => Assert.Equal("over\n", result.Text()));
    }
}
