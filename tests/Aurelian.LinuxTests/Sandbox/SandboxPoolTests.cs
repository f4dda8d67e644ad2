using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class SandboxPoolTests : IAsyncDisposable
{
    private const int Size = 2;
    private readonly NetworkNamespace _gateway = NetworkNamespace.Create("pool test");
    private readonly NetworkSlotPool _slots;
    private readonly CgroupDirectory _directory = new();
    private readonly SandboxHost _host;

    public SandboxPoolTests()
    {
        _slots = NetworkSlotPool.Start(_gateway, Size, slotsMax: 16);
        SandboxHostConfig config = new()
        {
            NativeFolder = NativeFolder.Find(), StateParent = Parent,
            Pool = new SandboxPoolConfig { Size = Size, Slots = _slots },
        };
        _host = SandboxHost.Start(config, _directory, new RecordingSink(), TimeProvider.System);
    }

    private string Parent { get; } = Directory.CreateTempSubdirectory("aurelian-state-").FullName;

    [Fact]
    public async Task A_ready_sandbox_is_handed_out_at_once_and_another_is_made()
    {
        await FullAsync();
        long start = Stopwatch.GetTimestamp();

        await using ISandbox sandbox = await TakeAsync("e1");
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        ExecResult result = await sandbox.ShellAsync(1, "echo here");
        await FullAsync();

        Assert.Equal("here\n", result.Text());
        Assert.NotNull(sandbox.Slot);
        Assert.InRange(milliseconds, 0, 20);
    }

    [Fact]
    public async Task A_burst_beyond_the_pool_is_served_too_and_no_two_share_anything()
    {
        ISandbox[] sandboxes = await Task.WhenAll(Enumerable.Range(1, Size + 3).Select(n => TakeAsync($"e{n}")));

        string[] users = await Task.WhenAll(sandboxes.Select(async each => (await each.ShellAsync(1, "id -u")).Text()));

        // Names are the same inside; outside, files and users differ.
        Assert.Equal(sandboxes.Length, sandboxes.Select(each => each.Slot!.Index).Distinct().Count());
        Assert.Equal(sandboxes.Length, users.Distinct().Count());
        await Task.WhenAll(sandboxes.Select(each => each.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Events_of_a_handed_out_sandbox_have_its_subject_and_a_ready_one_has_none()
    {
        await FullAsync();
        Assert.Equal(0, _directory.Count);

        await using ISandbox sandbox = await TakeAsync("e7");

        Assert.NotEmpty(_directory.All());
        Assert.All(_directory.All(), entry => Assert.Equal("e7", entry.Value.Sandbox?.Value));
    }

    [Fact]
    public async Task One_that_died_while_it_was_ready_is_not_handed_out()
    {
        await FullAsync();
        foreach (string folder in Directory.GetDirectories(_host.Cgroup2Root, "ready-*"))
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, "cgroup.kill"), "1", TestContext.Current.CancellationToken);
        }

        await Task.Delay(100, TestContext.Current.CancellationToken);
        await using ISandbox sandbox = await TakeAsync("e1");

        Assert.Equal(0, (await sandbox.ShellAsync(1, "true")).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _slots.Dispose();
        _gateway.Dispose();
        // Nothing of it may be left.
        Assert.False(Directory.Exists(_host.Cgroup2Root));
        Directory.Delete(Parent, recursive: false);
    }

    private Task<ISandbox> TakeAsync(string id) => _host.TakeAsync(
        new SandboxSpec { Id = new SandboxId(id) }, new Subject(Episode: new EpisodeId(id)),
        TestContext.Current.CancellationToken);

    private async Task FullAsync()
    {
        for (int round = 0; round < 500 && _host.Ready < Size; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Size, _host.Ready);
    }
}
