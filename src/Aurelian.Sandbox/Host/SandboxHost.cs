using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Aurelian.Events;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// Makes sandboxes on this machine: one warden, one tree of cgroups, one prepared root filesystem for all of them.
/// Disposing ends every sandbox; dying does too (the warden holds our lifeline).
/// </summary>
public sealed partial class SandboxHost : IEventSource, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RunningSandbox> _running = new();
    private readonly string _stateFolder;
    private readonly PreparedRoot _root;
    private readonly SafeFileHandle _ownFilter;
    private readonly JsonObject _ociSeccomp;
    private readonly uint _usersOrigin;
    private readonly uint _ordinal = Interlocked.Increment(ref s_hosts);
    private readonly SandboxPool? _pool;
    private SandboxLikeness? _standard;
    private readonly TimeSpan _runtimeMax;
    private static uint s_hosts;
    private volatile bool _ending;
    private int _made;

    private SandboxHost(
        SandboxHostConfig config, string stateFolder, string workFolder, CgroupTree cgroups, PreparedRoot root,
        WardenProcess warden, CgroupDirectory directory, IObservationSink sink, TimeProvider time)
    {
        _stateFolder = stateFolder;
        WorkFolder = workFolder;
        Runtime = config.Runtime;
        _runtimeMax = config.RuntimeMax;
        _root = root;
        Cgroups = cgroups;
        Warden = warden;
        WardenPath = Path.Combine(config.NativeFolder, "warden");
        Directory = directory;
        Refusals = new RefusalLog(sink, config.Runtime);
        Time = time;
        _usersOrigin = UserBlock.FindRange();
        // A call that the runtime starts has no Landlock domain of its own.
        bool confined = Landlock.IsSupported && config.Runtime.PerCallCgroup;
        Filter = MemoryFile(Libseccomp.Compile(confined));
        _ownFilter = MemoryFile(Libseccomp.Compile(confined, isAnswered: false));
        _ociSeccomp = SeccompOci.Build(confined);
        Broken = Warden.Ended.ContinueWith(
            _ => EndWithWarden(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _pool = config.Pool is { } pool
            ? new SandboxPool(pool with { Recycles = pool.Recycles && IsRunc(config.Runtime) }, this, MakeAsync)
            : null;
    }

    /// <summary>
    /// Completes when the warden is gone: with what to tell if that was not our doing (every process of every sandbox
    /// was killed then), with null when the host was disposed.
    /// </summary>
    public Task<SandboxException?> Broken { get; }

    /// <summary>Room on a disk for files on their way between sandboxes; goes when the host does.</summary>
    public string WorkFolder { get; }

    /// <summary>Our cgroup2 folder: where sensors attach.</summary>
    public string Cgroup2Root => Cgroups.Root;

    /// <summary>What every sandbox of this host is made of.</summary>
    public string RootDigest => _root.Digest;

    public IReadOnlyList<SourceCoverage> Coverage => [Refusals.Coverage, new SourceCoverage(
        SourceNames.Attribution, Runtime.IsExact ? SourceState.Full : SourceState.Partial,
        Runtime.IsExact
            ? "a cgroup for each tool call"
            : $"by time: {Runtime.Command} has no cgroup for each tool call", 0, 0, 0, 0)];

    internal RuntimeConfig Runtime { get; }

    internal CgroupTree Cgroups { get; }

    internal DescriptorLoop Loop { get; } = new("call pipes");

    internal WardenProcess Warden { get; }

    internal string WardenPath { get; }

    internal CgroupDirectory Directory { get; }

    internal RefusalLog Refusals { get; }

    internal TimeProvider Time { get; }

    internal SafeFileHandle Filter { get; }

    public static SandboxHost Start(
        SandboxHostConfig config, CgroupDirectory directory, IObservationSink sink, TimeProvider time)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new SandboxException(SandboxFailure.Missing, "Sandboxes need root. Run as root, or with sudo.");
        }

        NativeFolder.Require(config.NativeFolder);
        Leftovers.Sweep(config.StateParent, config.WorkParent);
        string name = Leftovers.OwnName();
        string state = Path.Combine(config.StateParent, name), work = Path.Combine(config.WorkParent, name);
        CgroupTree cgroups = new(CgroupLayout.Probe(), name);
        WardenProcess? warden = null;
        try
        {
            const UnixFileMode ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            System.IO.Directory.CreateDirectory(state, ours);
            System.IO.Directory.CreateDirectory(work, ours);
            cgroups.Create();
            PreparedRoot root = RootFilesystem.Prepare(config.Root, Path.Combine(state, "lower"));
            warden = WardenProcess.Start(
                Path.Combine(config.NativeFolder, "warden"), state, work, cgroups.Folders);
            return new SandboxHost(config, state, work, cgroups, root, warden, directory, sink, time);
        }
        catch
        {
            warden?.Dispose();
            cgroups.TryRemoveAll();
            Leftovers.RemoveFolder(state);
            Leftovers.RemoveFolder(work);
            throw;
        }
    }

    /// <summary>Sandboxes of the pool that are ready now.</summary>
    public int Ready => _pool?.Ready ?? 0;

    /// <summary>Makes a sandbox and waits until its pid 1 runs.</summary>
    /// <param name="subject">Run, step and episode that its events belong to.</param>
    public async Task<ISandbox> CreateAsync(SandboxSpec spec, Subject subject, CancellationToken cancellationToken)
    {
        RunningSandbox sandbox = await MakeAsync(spec.Id.Value, spec.Limits, spec.Slot, cancellationToken)
            .ConfigureAwait(false);
        sandbox.HandOver(spec, subject);
        return sandbox;
    }

    /// <summary>
    /// Hands out a sandbox of the pool, with the pool's limits and a slot of its own; <see cref="ISandbox.Slot"/> says
    /// which.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host was started without a pool.</exception>
    public async Task<ISandbox> TakeAsync(SandboxSpec spec, Subject subject, CancellationToken cancellationToken)
    {
        if (_pool is null)
        {
            throw new InvalidOperationException("This host keeps no sandboxes ready.");
        }

        RunningSandbox sandbox = await _pool.TakeAsync(cancellationToken).ConfigureAwait(false);
        sandbox.HandOver(spec with { Slot = sandbox.Slot }, subject);
        return sandbox;
    }

    /// <summary>All of it or nothing: what was made of one that fails is taken down again.</summary>
    private async Task<RunningSandbox> MakeAsync(
        string id, ResourceLimits limits, NetworkSlot? slot, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SandboxFolders folders = new(Path.Combine(_stateFolder, id));
        SafeFileHandle? lifeline = null;
        try
        {
            Cgroups.CreateSandbox(id, limits);
            (SafeFileHandle read, lifeline) = Descriptors.Pipe();
            using (read)
            {
                return await MakeAsync(folders, id, limits, slot, (read, lifeline), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch
        {
            lifeline?.Dispose();
            await AbandonAsync(folders, id).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<RunningSandbox> MakeAsync(
        SandboxFolders folders, string id, ResourceLimits limits, NetworkSlot? slot,
        (SafeFileHandle Read, SafeFileHandle Ours) lifeline, CancellationToken cancellationToken)
    {
        UserBlock users = NewUsers();
        // Short, and harder to take back halfway than whole: only the runtime is broken off.
        await MountAsync(folders, limits, users, CancellationToken.None).ConfigureAwait(false);
        byte[] config = OciConfig.Build(Inputs(id, folders, slot, users));
        System.IO.Directory.CreateDirectory(folders.Bundle);
        await File.WriteAllBytesAsync(Path.Combine(folders.Bundle, "config.json"), config, cancellationToken)
            .ConfigureAwait(false);

        await RunAsync(folders, id, lifeline.Read, cancellationToken).ConfigureAwait(false);
        int pid = ReadPid(folders, id);
        if (Runtime.PerCallCgroup)
        {
            // What those that are built later must be like.
            _standard ??= SandboxLikeness.Read(pid, folders.Path);
        }

        WardenChannel? nursery = Runtime.PerCallCgroup
            ? await StartNurseryAsync(id, cancellationToken).ConfigureAwait(false)
            : null;
        return Keep(new RunningSandbox(this, id, slot, folders, users, pid, lifeline.Ours, nursery, limits));
    }

    /// <summary>A runtime is believed only where the kernel agrees that it put that process there.</summary>
    private int ReadPid(SandboxFolders folders, string id) =>
        File.Exists(folders.PidFile) && int.TryParse(File.ReadAllText(folders.PidFile), out int pid)
            && CallCgroup.ReadPids(Cgroups.SandboxFolder(id)).Contains(pid)
            ? pid
            : throw new SandboxException(
                SandboxFailure.Broken,
                $"{Runtime.Command} said that it started a sandbox, but no process of it is in the sandbox's cgroup.");

    private async Task AbandonAsync(SandboxFolders folders, string id)
    {
        string cgroup = Cgroups.SandboxFolder(id);
        try
        {
            if (System.IO.Directory.Exists(cgroup))
            {
                CallCgroup.Kill(cgroup);
                await Cgroups.WaitEmptyAsync(cgroup, Time, CancellationToken.None).ConfigureAwait(false);
            }

            await UnmountAsync(folders).ConfigureAwait(false);
            Cgroups.TryRemoveSandbox(id);
        }
        catch (Exception exception) when (exception is SandboxException or IOException)
        {
            // Why it failed matters more; the warden removes the rest at the end.
        }

        Leftovers.RemoveFolder(folders.Path);
    }

    /// <summary>Without the warden no call can be started and no refusal is told: nothing may go on.</summary>
    private SandboxException? EndWithWarden()
    {
        if (_ending)
        {
            return null;
        }

        const string what = "The warden was killed: every process of every sandbox was ended.";
        Refusals.Break(what);
        if (System.IO.Directory.Exists(Cgroups.Root))
        {
            CallCgroup.Kill(Cgroups.Root);
        }

        return new SandboxException(SandboxFailure.Broken, what);
    }

    public ValueTask<long> DrainAsync(CancellationToken cancellationToken) => RefusalLog.DrainAsync(_running.Values,
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        if (_pool is not null)
        {
            await _pool.DisposeAsync().ConfigureAwait(false);
        }

        foreach (RunningSandbox sandbox in _running.Values)
        {
            await EndAsync(sandbox).ConfigureAwait(false);
        }

        Warden.Dispose();
        Filter.Dispose();
        _ownFilter.Dispose();
        Loop.Dispose();
        // The warden removed everything; where it was killed, or a cgroup was slow to go, once more.
        await RemoveCgroupsAsync().ConfigureAwait(false);
        Leftovers.RemoveFolder(_stateFolder);
        Leftovers.RemoveFolder(WorkFolder);
    }

    private static bool IsRunc(RuntimeConfig runtime) =>
        runtime.PerCallCgroup && Path.GetFileName(runtime.Command) == "runc";

    private static SafeFileHandle MemoryFile(byte[] bytes)
    {
        SafeFileHandle file = new(
            Native.CreateMemoryFile("aurelian-filter", Native.MemoryFileCloseOnExec), ownsHandle: true);
        RandomAccess.Write(file, bytes, 0);
        return file;
    }

    private async Task RemoveCgroupsAsync()
    {
        const int rounds = 200;
        for (int round = 0; round < rounds && !Cgroups.TryRemoveAll(); round++)
        {
            CallCgroup.Kill(Cgroups.Root);
            await Task.Delay(TimeSpan.FromMilliseconds(5), Time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>One that does not end as it should keeps no other from its end: the warden takes the rest.</summary>
    private static async Task EndAsync(RunningSandbox sandbox)
    {
        try
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SandboxException or IOException)
        {
        }
    }

    internal string RuntimeState => Path.Combine(_stateFolder, "runtime");

    internal string RuntimeExecutable => Executables.Find(Runtime.Command) ?? throw new SandboxException(
        SandboxFailure.Missing, $"The OCI runtime '{Runtime.Command}' is not installed ('apt-get install runc').");

    internal void Forget(RunningSandbox sandbox) => _running.TryRemove(sandbox.Name, out _);

    internal Task UnmountAsync(SandboxFolders folders) => Warden.AskAsync(
        'U', new WardenRequest().Add(folders.Root).Add(folders.Layer), "unmount a sandbox", [], CancellationToken.None);

    private async Task MountAsync(
        SandboxFolders folders, ResourceLimits limits, UserBlock users, CancellationToken cancellationToken)
    {
        System.IO.Directory.CreateDirectory(folders.Path);
        const int noSuidNoDev = 2 | 4;
        // A tmpfs of limited size holds the writable layer: its size is the disk limit. It lies in the warden's own
        // mount namespace, so users' files are written through the warden's view of it.
        await Warden.AskAsync(
            'M',
            new WardenRequest().Add("tmpfs").Add(folders.Layer).Add("tmpfs").Add(noSuidNoDev)
                .Add($"size={limits.DiskBytes},mode=0755,nr_inodes={Math.Max(4096, limits.DiskBytes / 4096)}"),
            "mount a sandbox's layer", [], cancellationToken).ConfigureAwait(false);
        string seen = $"/proc/{Warden.Pid}/root{folders.Layer}";
        System.IO.Directory.CreateDirectory($"{seen}/scratch");
        System.IO.Directory.CreateDirectory($"{seen}/upper");
        Skeleton.WriteUsers($"{seen}/upper", users);
        await Warden.AskAsync(
            'M',
            new WardenRequest().Add("overlay").Add(folders.Root).Add("overlay").Add(noSuidNoDev)
                .Add($"lowerdir={string.Join(':', _root.Lowers)},upperdir={folders.Layer}/upper,"
                    + $"workdir={folders.Layer}/scratch"),
            "mount a sandbox's root", [], cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(
        SandboxFolders folders, string id, SafeFileHandle lifeline, CancellationToken cancellationToken)
    {
        using SafeFileHandle said = new(
            Native.CreateMemoryFile("aurelian-runtime", Native.MemoryFileCloseOnExec), ownsHandle: true);
        WardenRequest request = new();
        foreach (string argument in new[]
        {
            Cgroups.RuntimeMembers, RuntimeExecutable, "--root", RuntimeState, "run", "--detach", "--preserve-fds", "1",
            "--bundle", folders.Bundle, "--pid-file", folders.PidFile, id,
        })
        {
            request.Add(argument);
        }

        long status = await AskInTimeAsync(request, [said, lifeline], cancellationToken).ConfigureAwait(false);
        if (status != 0)
        {
            byte[] text = new byte[Math.Min(RandomAccess.GetLength(said), 4096)];
            RandomAccess.Read(said, text, 0);
            throw new SandboxException(
                SandboxFailure.Broken,
                $"{Runtime.Command} cannot start a sandbox: {Encoding.UTF8.GetString(text).Trim()}");
        }
    }

    /// <summary>Whoever stops waiting closes the replies, and the warden kills the runtime.</summary>
    private async Task<long> AskInTimeAsync(
        WardenRequest request, SafeHandle[] descriptors, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(_runtimeMax, Time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await Warden.AskAsync('R', request, "start a sandbox", descriptors, either.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxException(
                SandboxFailure.Broken,
                $"{Runtime.Command} did not start a sandbox within {_runtimeMax.TotalSeconds:0} s and was killed.");
        }
    }
}
