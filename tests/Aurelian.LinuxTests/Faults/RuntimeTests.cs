using System.Diagnostics;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Faults;

/// <summary>An OCI runtime that fails, lies or hangs: a clear error, and nothing is left of the attempt.</summary>
public sealed class RuntimeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-runtime-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("echo 'cannot allocate a thing' >&2; exit 1", "cannot allocate a thing")]
    [InlineData("exit 0", "no process of it")]
    [InlineData("while [ $# -gt 1 ]; do [ $1 = --pid-file ] && echo 1 >$2; shift; done", "no process of it")]
    public async Task A_runtime_that_fails_or_lies_ends_the_run_with_its_words(string script, string said)
    {
        using AurelianProcess aurelian = AurelianProcess.Run("true", "--policy", Policy(script));

        Assert.Equal(1, await aurelian.ExitAsync());

        Assert.Contains(said, aurelian.Said, StringComparison.Ordinal);
        Assert.Empty(aurelian.Alive());
        Assert.Empty(aurelian.Leftovers());
    }

    [Fact]
    public async Task A_runtime_that_hangs_is_killed_at_its_deadline_with_all_it_started()
    {
        await using SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig
            {
                NativeFolder = NativeFolder.Find(), Runtime = new RuntimeConfig(Script(Hanging), true, true),
                RuntimeMax = TimeSpan.FromSeconds(1),
            },
            new CgroupDirectory(), new RecordingSink(), TimeProvider.System);
        string state = $"/run/{Path.GetFileName(host.Cgroup2Root)}";

        SandboxException late = await Assert.ThrowsAsync<SandboxException>(() => host.CreateAsync(
            new SandboxSpec { Id = new SandboxId("e1") }, default, TestContext.Current.CancellationToken));

        Assert.Contains("did not start a sandbox within 1 s", late.Message, StringComparison.Ordinal);
        await Eventually.Async(() => !Started().Any(Lives));
        Assert.Equal(2, Started().Length);
        Assert.DoesNotContain(Started(), Lives);
        Assert.False(Directory.Exists(Path.Combine(host.Cgroup2Root, "e1")));
        Assert.False(Directory.Exists(Path.Combine(state, "e1")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task A_run_whose_runtime_hangs_can_be_ended_and_takes_the_runtime_with_it(string signal)
    {
        using AurelianProcess aurelian = AurelianProcess.Run("true", "--policy", Policy(Hanging));
        await Eventually.Async(() => Started().Length >= 2, 30);

        aurelian.Signal(signal);
        int code = await aurelian.ExitAsync(20);
        await Eventually.Async(() => aurelian.Alive().Length == 0 && aurelian.Leftovers().Length == 0, 3);

        Assert.NotEqual(0, code);
        Assert.Empty(aurelian.Alive());
        Assert.DoesNotContain(Started(), Lives);
        Assert.Empty(aurelian.Leftovers());
    }

    /// <summary>Itself and a child of its own that hang; each leaves its number.</summary>
    private string Hanging => $"sleep 3600 & echo $! $$ >>{_folder}/started; wait";

    private string[] Started() => File.Exists(Path.Combine(_folder, "started"))
        ? File.ReadAllText(Path.Combine(_folder, "started"))
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
        : [];

    private static bool Lives(string pid) => Directory.Exists($"/proc/{pid}")
        && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private string Policy(string script)
    {
        string file = Path.Combine(_folder, "policy.toml");
        File.WriteAllText(file, $"[sandbox]\nruntime = \"{Script(script)}\"\n");
        return file;
    }

    private string Script(string text)
    {
        string file = Path.Combine(_folder, "runc");
        File.WriteAllText(file, $"#!/bin/bash\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
