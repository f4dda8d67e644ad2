using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sensors;

/// <param name="Hook">The BPF section, for example <c>tp_btf/sched_process_exec</c>.</param>
/// <param name="Problem">Null: it works here.</param>
public sealed record HookStatus(string Hook, string? Problem);

/// <summary>The compiled sensors, loaded and attached; a hook that this kernel lacks is left out and said.</summary>
internal sealed class BpfObject : IDisposable
{
    private const string ConnectUnix = "cgroup/connect_unix";
    private const int CgroupSockAddr = 18, CgroupUnixConnect = 49;

    private readonly List<nint> _links = [];
    private readonly nint _loaded;

    private BpfObject(nint loaded, IReadOnlyList<HookStatus> hooks)
    {
        _loaded = loaded;
        Hooks = hooks;
    }

    internal IReadOnlyList<HookStatus> Hooks { get; private set; }

    internal static BpfObject Load(string path, IReadOnlySet<string> without)
    {
        if (!File.Exists(path))
        {
            throw new SensorException(
                "The BPF sensors are not built. Run eng/build-native (needs clang and libbpf-dev).");
        }

        try
        {
            Native.SetPrint(0);
        }
        catch (DllNotFoundException exception)
        {
            throw new SensorException("libbpf.so.1 is missing: apt-get install libbpf1", exception);
        }

        nint whole = TryLoad(path, section => !without.Contains(section));
        List<HookStatus> hooks = [.. Sections(path).Select(section => new HookStatus(
            section, without.Contains(section) ? "left out by setting" : null))];
        if (whole != 0)
        {
            return new BpfObject(whole, hooks);
        }

        // Something does not load: ask for each alone, then take those that do.
        hooks = [.. hooks.Select(hook => hook.Problem is null && !LoadsAlone(path, hook.Hook)
            ? hook with { Problem = "this kernel does not load it" }
            : hook)];
        HashSet<string> working = [.. hooks.Where(hook => hook.Problem is null).Select(hook => hook.Hook)];
        nint part = working.Count > 0 ? TryLoad(path, working.Contains) : 0;
        return part != 0
            ? new BpfObject(part, hooks)
            : throw new SensorException(
                "No BPF program loads here: root is needed, and a kernel with BTF (/sys/kernel/btf).");
    }

    /// <summary>Attaches what loaded; cgroup programs at <paramref name="cgroupFolder"/>.</summary>
    internal void Attach(string cgroupFolder)
    {
        int folder = OpenFolder(cgroupFolder);
        List<HookStatus> hooks = [.. Hooks];
        try
        {
            for (nint program = Native.NextProgram(_loaded, 0); program != 0; program = Native.NextProgram(_loaded,
                program))
            {
                string section = Section(program);
                int at = hooks.FindIndex(hook => hook.Hook == section);
                if (section == "syscall" || hooks[at].Problem is not null)
                {
                    continue;
                }

                nint link = section.StartsWith("cgroup", StringComparison.Ordinal)
                    ? Native.AttachCgroup(program, folder)
                    : Native.Attach(program);
                if (link == 0)
                {
                    hooks[at] = hooks[at] with { Problem = Marshal.GetPInvokeErrorMessage(
                        Marshal.GetLastSystemError()) };
                }
                else
                {
                    _links.Add(link);
                }
            }
        }
        finally
        {
            _ = Native.Close(folder);
        }

        Hooks = hooks;
    }

    internal int Map(string name) => Native.FindMap(_loaded, name);

    internal int Program(string name)
    {
        for (nint program = Native.NextProgram(_loaded, 0); program != 0; program = Native.NextProgram(_loaded,
            program))
        {
            if (Marshal.PtrToStringUTF8(Native.ProgramName(program)) == name)
            {
                return Native.ProgramDescriptor(program);
            }
        }

        return -1;
    }

    public void Dispose()
    {
        foreach (nint link in _links)
        {
            _ = Native.DestroyLink(link);
        }

        Native.CloseObject(_loaded);
    }

    private static int OpenFolder(string folder)
    {
        const int pathOnlyFolder = 0x10000; // O_DIRECTORY
        int descriptor = Native.Open(folder, pathOnlyFolder);
        return descriptor >= 0 ? descriptor : throw new SensorException($"{folder} cannot be opened.");
    }

    private static bool LoadsAlone(string path, string section)
    {
        nint alone = TryLoad(path, each => each == section);
        if (alone != 0)
        {
            Native.CloseObject(alone);
        }

        return alone != 0;
    }

    private static nint TryLoad(string path, Func<string, bool> wanted)
    {
        nint opened = Native.OpenObject(path, 0);
        if (opened == 0)
        {
            return 0;
        }

        for (nint program = Native.NextProgram(opened, 0); program != 0; program = Native.NextProgram(opened, program))
        {
            string section = Section(program);
            _ = Native.SetAutoload(program, wanted(section));
            if (section == ConnectUnix)
            {
                // Debian 12's libbpf is older than this hook; the kernel knows it by these numbers.
                _ = Native.SetType(program, CgroupSockAddr);
                _ = Native.SetAttachType(program, CgroupUnixConnect);
            }
        }

        if (Native.LoadObject(opened) == 0)
        {
            return opened;
        }

        Native.CloseObject(opened);
        return 0;
    }

    private static List<string> Sections(string path)
    {
        List<string> sections = [];
        nint opened = Native.OpenObject(path, 0);
        for (nint program = Native.NextProgram(opened, 0); program != 0; program = Native.NextProgram(opened, program))
        {
            sections.Add(Section(program));
        }

        Native.CloseObject(opened);
        return sections;
    }

    private static string Section(nint program) => Marshal.PtrToStringUTF8(Native.ProgramSection(program)) ?? "";
}
