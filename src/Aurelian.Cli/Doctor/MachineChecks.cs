using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.Cli;

/// <summary>Looks at the machine without changing it.</summary>
internal static class MachineChecks
{
    internal static IReadOnlyList<Check> All() =>
    [
        new("root", true, Environment.IsPrivilegedProcess,
            Environment.IsPrivilegedProcess ? "yes" : "no: run as root, or with sudo"),
        Program("runc", "runc", needed: true), RuncAdvice(), Program("ip", "iproute2", needed: true),
        Program("git", "git", needed: true), Program("python3", "python3", needed: false),
        Program("dropbear", "dropbear-bin", needed: false),
        Library("libnftables.so.1", "libnftables1", needed: true), Library("libseccomp.so.2", "libseccomp2",
            needed: true),
        Library("libbpf.so.1", "libbpf1", needed: true), Native(), Cgroups(), Sensors(),
        new("landlock", false, MachineFacts.HasLandlock, MachineFacts.HasLandlock
            ? "tracing is kept within one tool call"
            : "absent: debuggers are refused in sandboxes altogether"),
        new("btf", true, File.Exists("/sys/kernel/btf/vmlinux"), File.Exists("/sys/kernel/btf/vmlinux")
            ? "kernel types are there"
            : "no /sys/kernel/btf/vmlinux: this kernel was built without BTF"),
    ];

    private static Check Program(string name, string package, bool needed)
    {
        string? path = Executables.Find(name);
        return new Check(name, needed, path is not null, path ?? $"missing: apt-get install {package}");
    }

    private static Check RuncAdvice()
    {
        (bool? safe, string text) = RuntimeAdvice.OfInstalled();
        return new Check("runc's version", false, safe != false, text);
    }

    private static Check Library(string name, string package, bool needed)
    {
        bool loads = System.Runtime.InteropServices.NativeLibrary.TryLoad(name, out nint handle);
        if (loads)
        {
            System.Runtime.InteropServices.NativeLibrary.Free(handle);
        }

        return new Check(name, needed, loads, loads ? "loads" : $"missing: apt-get install {package}");
    }

    private static Check Native()
    {
        string folder = NativeFolder.Find();
        string? problem = NativeFolder.ProblemOf(folder);
        return new Check("native parts", true, problem is null, problem ?? folder);
    }

    private static Check Cgroups()
    {
        try
        {
            return new Check("cgroups", true, true, MachineFacts.DescribeCgroups());
        }
        catch (SandboxException exception)
        {
            return new Check("cgroups", true, false, exception.Message);
        }
    }

    private static Check Sensors()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new Check("sensors", true, false, "not asked without root");
        }

        try
        {
            HookStatus[] missing = [.. KernelSensor.Probe(NativeFolder.Find()).Where(hook => hook.Problem is not null)];
            return new Check("sensors", true, true, missing.Length == 0
                ? "every eBPF hook loads"
                : $"without {string.Join(", ", missing.Select(hook => hook.Hook))}: coverage is partial");
        }
        catch (SensorException exception)
        {
            return new Check("sensors", true, false, exception.Message);
        }
    }
}
