using System.Diagnostics;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>System calls that open the kernel to a container: refused, each told under its call.</summary>
public sealed class KernelDoorTests(EscapeFixture fixture) : IClassFixture<EscapeFixture>
{
    [Fact]
    public async Task Every_door_of_the_kernel_is_shut_and_each_knock_is_told_under_its_call()
    {
        HostWitness before = HostWitness.Look();
        DateTimeOffset clock = DateTimeOffset.UtcNow;
        long start = Stopwatch.GetTimestamp();

        (int call, ExecResult result) = await fixture.TryAsync("python3 ~/programs/kernel_doors.py");

        string[] lines = result.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 30, result.ErrorText());
        Assert.All(lines, line => Assert.EndsWith(" EPERM", line, StringComparison.Ordinal));
        HashSet<string> told = [.. (await fixture.ToldAsync<Fact.SyscallRefused>(call)).Select(each => each.Syscall)];
        Assert.Empty(lines.Select(line => line.Split(' ')[0]).Except(told));
        Assert.Equal(before, HostWitness.Look());
        // The wall clock went as the monotonic one did.
        Assert.Equal(0, (DateTimeOffset.UtcNow - clock - Stopwatch.GetElapsedTime(start)).TotalSeconds, 0.5);
    }

    [Fact]
    public async Task Another_ABI_is_no_way_round_and_is_told()
    {
        // mov eax, 21 (mount, as 32-bit programs count); int 0x80; ret
        (int call, ExecResult result) = await fixture.TryAsync("""
            python3 - <<'X'
            import ctypes, mmap
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(bytes([0xb8, 21, 0, 0, 0, 0x31, 0xdb, 0x31, 0xc9, 0x31, 0xd2, 0xcd, 0x80, 0xc3]))
            run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
            print(run())
            print(ctypes.CDLL(None).syscall(0x40000000 + 165, 0, 0, 0, 0, 0))
            X
            """);

        Assert.Equal("-38\n-1\n", result.Text());
        IReadOnlyList<Fact.SyscallRefused> told = await fixture.ToldAsync<Fact.SyscallRefused>(call);
        Assert.Contains(told, each => each is { Syscall: RefusedCall.OtherAbi, Detail: "21" });
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public async Task Calls_newer_than_the_profile_look_absent_so_that_libraries_fall_back()
    {
        (int call, ExecResult result) = await fixture.TryAsync("""
            python3 - <<'X'
            import ctypes, errno
            libc = ctypes.CDLL(None, use_errno=True)
            for number in (467, 1000):
                print(libc.syscall(number, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])
            X
            """);

        Assert.Equal("-1 ENOSYS\n-1 ENOSYS\n", result.Text());
        Assert.Equal(2, (await fixture.ToldAsync<Fact.SyscallRefused>(call)).Count);
    }

    [Fact]
    public async Task A_filter_of_its_own_loosens_nothing_and_answers_for_nobody()
    {
        // A filter that lets everything through, then one with a listener of the sandbox's own.
        (int call, ExecResult result) = await fixture.TryAsync("""
            python3 - <<'X'
            import ctypes, errno, struct
            libc = ctypes.CDLL(None, use_errno=True)
            code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7fff0000))
            program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(code)))
            print(libc.syscall(317, 1, 0, program), libc.syscall(317, 1, 8, program),
                  errno.errorcode[ctypes.get_errno()])
            print(libc.syscall(165, 0, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])
            X
            """);

        Assert.Equal("0 -1 EBUSY\n-1 EPERM\n", result.Text());
        Assert.Equal("mount", Assert.Single(await fixture.ToldAsync<Fact.SyscallRefused>(call)).Syscall);
    }

    [Fact]
    public async Task A_crash_starts_nothing_on_the_host_and_leaves_no_core()
    {
        // At 1 the kernel starts no crash handler and writes no file; a program that sets 0 is told it did.
        (_, ExecResult result) = await fixture.TryAsync("""
            cd /tmp
            grep -o 'core file size *[0-9]* *[0-9]*' /proc/self/limits | tr -s ' '
            ulimit -c 0; echo $?
            python3 - <<'X'
            import ctypes, resource
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).syscall(160, (1 << 32) + 4, bytes(16)))
            X
            grep -o 'core file size *[0-9]* *[0-9]*' /proc/self/limits | tr -s ' '
            sh -c 'kill -SEGV $$'; echo $?
            find / -xdev -name 'core*' -newer /proc/self/stat -type f 2>/dev/null | grep -v ^/usr
            """);

        Assert.Equal("core file size 1 1\n0\n(1, 1) 0\ncore file size 1 1\n139\n", result.Text().Replace(
            "Max ", "", StringComparison.Ordinal));
    }
}
