using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>Files, mounts and programs that others have got out by.</summary>
public sealed class FilesystemDoorTests(EscapeFixture fixture) : IClassFixture<EscapeFixture>
{
    private static readonly string[] Devices =
        ["fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero",
         "core", "console"];

    [Theory]
    [InlineData("/proc/sys/kernel/core_pattern")]
    [InlineData("/proc/sys/kernel/modprobe")]
    [InlineData("/proc/sys/kernel/hostname")]
    [InlineData("/proc/sys/vm/drop_caches")]
    [InlineData("/proc/sys/fs/binfmt_misc/register")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/sys/kernel/uevent_helper")]
    [InlineData("/sys/fs/cgroup/release_agent")]
    [InlineData("/sys/fs/cgroup/memory/release_agent")]
    [InlineData("/sys/fs/cgroup/cgroup.procs")]
    [InlineData("/sys/fs/cgroup/unified/cgroup.procs")]
    [InlineData("/sys/block/vda/uevent")]
    [InlineData("/dev/mem")]
    [InlineData("/dev/kmsg")]
    [InlineData("/dev/vda")]
    [InlineData("/dev/fuse")]
    [InlineData("/dev/kvm")]
    [InlineData("/dev/loop-control")]
    [InlineData("/dev/net/tun")]
    [InlineData("/etc/ld.so.preload")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/resolv.conf")]
    [InlineData("/etc/profile")]
    [InlineData("/etc/bash.bashrc")]
    [InlineData("/usr/lib/python3/dist-packages/sitecustomize.py")]
    [InlineData("/.aurelian/warden")]
    [InlineData("/.aurelian/session")]
    [InlineData("/proc/1/oom_score_adj")]
    [InlineData("/logs/verifier/reward.txt")]
    [InlineData("/tests/test.sh")]
    public async Task It_cannot_be_written(string file)
    {
        HostWitness before = HostWitness.Look();

        (_, ExecResult result) = await fixture.TryAsync(
            $"mkdir -p {Path.GetDirectoryName(file)}; echo x >>{file} && echo written; "
                + $"ln -sf /tmp/x {file} && echo linked; rm -f {file}; [ -e /tmp/x ] && echo replaced; true");

        Assert.Equal("", result.Text());
        Assert.Equal(before, HostWitness.Look());
    }

    [Fact]
    public async Task There_are_only_harmless_devices_and_none_can_be_made()
    {
        (_, ExecResult result) = await fixture.TryAsync(
            "ls /dev; for kind in 'b 8 0' 'c 1 1' 'c 10 229' 'c 10 200'; do mknod /tmp/n $kind && echo made; done; "
                + "find / -xdev \\( -type b -o -type c \\) 2>/dev/null | grep -v ^/dev/");

        string[] found = result.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(found.Length >= 8);
        Assert.Empty(found.Except(Devices));
    }

    [Fact]
    public async Task Every_mount_is_read_only_or_the_sandbox_s_own()
    {
        (_, ExecResult result) = await fixture.TryAsync("cat /proc/self/mountinfo");

        string[][] mounts = [.. result.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))];
        Assert.True(mounts.Length > 10);
        foreach (string[] mount in mounts.Where(mount => mount[5].Split(',').Contains("rw")))
        {
            string kind = mount[Array.IndexOf(mount, "-") + 1];
            Assert.True(
                (kind, mount[4]) is ("overlay", "/") or ("proc", "/proc") or ("devpts", "/dev/pts") or ("tmpfs", _),
                string.Join(' ', mount));
            Assert.Contains("nosuid", mount[5], StringComparison.Ordinal);
        }

        // No other mount may pass anything on to the host, or take anything from it.
        Assert.DoesNotContain("shared:", result.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("master:", result.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_id_bits_and_file_capabilities_give_nothing()
    {
        (_, ExecResult result) = await fixture.TryAsync("""
            cp /usr/bin/id ~/id && chmod 6755 ~/id && ~/id -u
            setcap cap_sys_admin+ep ~/id 2>/dev/null && echo capable
            python3 - <<'X'
            import os
            for attempt in (lambda: os.setresuid(0, 0, 0), lambda: os.setresgid(0, 0, 0), lambda: os.setgroups([0]),
                            lambda: os.chown("/home/agent/id", 0, 0), lambda: os.nice(-5),
                            lambda: os.setxattr("/home/agent/id", "security.capability", bytes(20)),
                            lambda: os.setxattr("/home/agent/id", "trusted.overlay.opaque", b"y")):
                try:
                    attempt()
                    print("allowed")
                except OSError:
                    pass
            X
            su -c 'id -u' </dev/null; newgrp root </dev/null; mount -t tmpfs none /mnt && echo mounted
            grep -h ^Cap /proc/self/status | sort -u -k2,2; id -u
            """);

        string agent = ((RunningSandbox)fixture.Sandbox).Users.Agent.ToString(
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{agent}\nCapInh:\t0000000000000000\n{agent}\n", result.Text());
    }

    [Fact]
    public async Task Pid_1_and_its_root_memory_and_descriptors_are_out_of_reach()
    {
        (_, ExecResult result) = await fixture.TryAsync("""
            for what in root cwd exe fd/3 ns/mnt ns/pid ns/net; do readlink /proc/1/$what; done
            for what in environ maps mem fd/3 root/etc/shadow; do head -c 1 /proc/1/$what; done
            ls /proc/1/fd /proc/1/map_files /proc/1/root/; nsenter -t 1 -a true && echo entered
            kill -0 1 && echo signalled; gdb -p 1 -batch 2>/dev/null | grep -i attached
            ls -d /proc/[0-9]* | wc -l | grep -v '^[2-6]$'; tr '\0' ' ' </proc/1/cmdline
            """);

        // Nothing of the host's processes either: pid 1, and what this call itself started.
        Assert.Equal("/.aurelian/warden init 3 ", result.Text());
    }

    [Fact]
    public async Task A_process_being_born_shows_nothing_of_the_helper_or_the_host()
    {
        (int watcher, _) = await fixture.TryAsync(
            "python3 ~/programs/birth_watcher.py /tmp/enough >/tmp/taken 2>&1 & sleep 0.3");
        for (int round = 0; round < 25; round++)
        {
            await fixture.TryAsync("true");
        }

        (_, ExecResult result) = await fixture.TryAsync(
            "touch /tmp/enough; while [ ! -s /tmp/taken ]; do sleep 0.05; done; cat /tmp/taken");

        string[] lines = result.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(watcher > 0);
        Assert.NotEqual("seen 0", lines[0]);
        Assert.Single(lines);
    }
}
