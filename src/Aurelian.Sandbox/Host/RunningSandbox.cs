using System.Collections.Concurrent;
using System.Globalization;
using Aurelian.Events;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>A sandbox of a <see cref="SandboxHost"/>.</summary>
internal sealed class RunningSandbox : ISandbox
{
    private const int KillSignal = 9;

    private readonly ConcurrentDictionary<ToolCallId, RunningCall> _calls = new();
    private readonly SandboxHost _host;
    private readonly SandboxFolders _folders;
    private readonly SafeFileHandle _lifeline;
    private readonly ResourceLimits _limits;
    private readonly SafeFileHandle _init;
    private WardenChannel? _nursery;
    private readonly List<ulong> _cgroupIds = [];
    private readonly string _cgroup;
    private SandboxSpec _spec = new() { Id = new SandboxId("") };
    private Subject _subject;
    private ITimer? _wallTime;
    private volatile bool _killed;
    private volatile bool _contained;
    private int _disposed;
    private ToolCallId? _last;

    internal RunningSandbox(
        SandboxHost host, string name, NetworkSlot? slot, SandboxFolders folders, UserBlock users, int initPid,
        SafeFileHandle lifeline, WardenChannel? nursery, ResourceLimits limits)
    {
        _host = host;
        _folders = folders;
        _lifeline = lifeline;
        _nursery = nursery;
        _limits = limits;
        Name = name;
        Slot = slot;
        Users = users;
        InitPid = initPid;
        _init = Native.OpenProcess(initPid);
        _cgroup = host.Cgroups.SandboxFolder(name);
        Files = new SandboxFiles(initPid, users, $"/proc/{host.Warden.Pid}/root{folders.Layer}/upper");
    }

    public SandboxId Id => _spec.Id;

    public NetworkSlot? Slot { get; }

    public string WorkingDirectory => _spec.WorkingDirectory;

    public int InitPid { get; }

    public ISandboxFiles Files { get; }

    /// <summary>Of its folder, its cgroup and its container.</summary>
    internal string Name { get; }

    internal UserBlock Users { get; }

    internal bool IsAlive => CallCgroup.IsPopulated(_cgroup);

    internal IEnumerable<RunningCall> Calls => _calls.Values;

    /// <summary>
    /// Gives it to whom it is for: from here on its events have a subject, and its wall time runs.
    /// </summary>
    internal void HandOver(SandboxSpec spec, Subject subject)
    {
        _spec = spec;
        _subject = subject with { Sandbox = spec.Id };
        Register(_cgroup, _subject);
        Register(InitFolder, _subject);
        _wallTime = _host.Time.CreateTimer(_ => Kill(), null, spec.Limits.WallTime, Timeout.InfiniteTimeSpan);
    }

    public async Task<ExecResult> ExecAsync(ExecRequest request, CancellationToken cancellationToken)
    {
        string folder = _host.Cgroups.CallFolder(Name, request.Call.Name);
        if (request.Arguments.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
        {
            // The agent's own doing, as a program that does not exist is: no argv can hold it.
            return ExecResult.NotStarted("an argument holds a NUL character\n", _host.Time.GetUtcNow());
        }

        if (Directory.Exists(folder))
        {
            throw new ArgumentException($"The call {request.Call} was already made in this sandbox.", nameof(request));
        }

        Directory.CreateDirectory(folder);
        Subject subject = _subject with { Call = request.Call };
        // Before the process exists: its first event finds its call.
        Register(folder, subject);
        DateTimeOffset startedAt = _host.Time.GetUtcNow();
        bool isOurs = _host.Runtime.PerCallCgroup;
        double before = isOurs ? 0 : BeginByTime(request.Call, subject);
        RunningCall call = await StartAsync(request, folder, subject, cancellationToken).ConfigureAwait(false);
        _calls[request.Call] = call;
        (int status, bool timedOut) = await WaitAsync(call, request, folder, cancellationToken).ConfigureAwait(false);
        (byte[] output, byte[] error, long length) = await call.TakeOutputAsync().ConfigureAwait(false);
        int signal = status & 0x7F;
        return new ExecResult(
            signal == 0 ? (status >> 8) & 0xFF : null, signal == 0 ? null : signal,
            signal != 0 && (timedOut || _killed), timedOut, output, error, length,
            length > output.Length + error.Length, startedAt, _host.Time.GetUtcNow(),
            CallCgroup.ReadCpuSeconds(isOurs ? folder : InitFolder) - before);
    }

    public CallUsage ReadUsage(ToolCallId call)
    {
        if (!_host.Runtime.PerCallCgroup)
        {
            return call == _last
                ? new CallUsage(CallCgroup.ReadCpuSeconds(InitFolder), null,
                    [.. CallCgroup.ReadPids(InitFolder).Where(pid => pid != InitPid)])
                : new CallUsage(0, null, []);
        }

        string folder = _host.Cgroups.CallFolder(Name, call.Name);
        return Directory.Exists(folder)
            ? new CallUsage(
                CallCgroup.ReadCpuSeconds(folder), _host.Cgroups.ReadMemory(Name, call.Name),
                CallCgroup.ReadPids(folder))
            : new CallUsage(0, null, []);
    }

    public IReadOnlyList<int> ReadPids() => CallCgroup.ReadPids(_cgroup);

    public ValueTask FreezeAsync(CancellationToken cancellationToken)
    {
        // It did something to deserve it: nothing of it serves another.
        _contained = true;
        return StandStillAsync(cancellationToken);
    }

    public async ValueTask StandStillAsync(CancellationToken cancellationToken)
    {
        _host.Cgroups.LiftCpu(Name);
        _host.Cgroups.Hurry();
        try
        {
            CallCgroup.SetFrozen(_cgroup, true);
            await CallCgroup.WaitFrozenAsync(_cgroup, _host.Time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _host.Cgroups.Settle();
        }
    }

    public ValueTask ThawAsync(CancellationToken cancellationToken)
    {
        CallCgroup.SetFrozen(_cgroup, false);
        return ValueTask.CompletedTask;
    }

    public async ValueTask KillAsync(CancellationToken cancellationToken)
    {
        Kill();
        await _host.Cgroups.WaitEmptyAsync(_cgroup, _host.Time, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (await EndAsync().ConfigureAwait(false) is { } shell)
        {
            await _host.DiscardAsync(shell).ConfigureAwait(false);
        }
    }

    /// <summary>Whether its cgroups and its slot may serve another sandbox.</summary>
    internal bool MayServeAgain => !_contained;

    /// <summary>Ends every process and every mount of it; gives what is left. Null: it was ended before.</summary>
    internal async Task<SandboxShell?> EndAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return null;
        }

        if (_wallTime is not null)
        {
            await _wallTime.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            await KillAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            // Its pid 1 ends with the lifeline, so this is a second way to the same end.
            _lifeline.Dispose();
            _init.Dispose();
            ((SandboxFiles)Files).Dispose();
            foreach (RunningCall call in _calls.Values)
            {
                call.Dispose();
            }
        }

        await _host.UnmountAsync(_folders).ConfigureAwait(false);
        foreach (ulong id in _cgroupIds)
        {
            _host.Directory.Remove(id);
        }

        _host.Forget(this);
        return new SandboxShell(Name, _limits, Slot, _nursery);
    }

    private void Kill()
    {
        _killed = true;
        if (Directory.Exists(_cgroup))
        {
            CallCgroup.Kill(_cgroup);
        }
    }

    private void Register(string folder, Subject subject)
    {
        ulong id = CallCgroup.Id(folder);
        lock (_cgroupIds)
        {
            _cgroupIds.Add(id);
        }

        _host.Directory.Add(id, subject);
    }

    private async Task<(int Status, bool TimedOut)> WaitAsync(
        RunningCall call, ExecRequest request, string folder, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(request.Timeout, _host.Time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            int status = await call.WaitAsync(either.Token).ConfigureAwait(false);
            // A call's helper may outlive the warden by a moment, long enough to tell of the end that came with it.
            if (_host.Warden.Ended.IsCompleted && await _host.Broken.ConfigureAwait(false) is { } broken)
            {
                throw broken;
            }

            return (_killed && status == RunningCall.NeverStarted ? KillSignal : status, false);
        }
        catch (SandboxException) when (_killed && !_host.Broken.IsCompleted)
        {
            // The sandbox's end overtook the call on its way to a first process: killed, not broken machinery.
            return (KillSignal, false);
        }
        catch (OperationCanceledException)
        {
            KillCall(folder, request.Call);
            int status = await call.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            await BuryAsync(folder).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return (status, true);
        }
    }

    private async Task<RunningCall> StartAsync(
        ExecRequest request, string folder, Subject subject, CancellationToken cancellationToken)
    {
        if (_nursery is null)
        {
            return RunningCall.Start(
                _host.Warden.Channel, _host.Loop, 'E', RuntimeBody(request), [], request, _host.Refusals, subject);
        }

        try
        {
            return StartIn(_nursery, request, folder, subject);
        }
        catch (SandboxException) when (!_killed && !_host.Broken.IsCompleted)
        {
            // The nursery shares the sandbox's memory limit, and the kernel may end it for what the agent filled.
            _nursery.Dispose();
            _nursery = await _host.StartNurseryAsync(Name, cancellationToken).ConfigureAwait(false);
            return StartIn(_nursery, request, folder, subject);
        }
    }

    private RunningCall StartIn(WardenChannel nursery, ExecRequest request, string folder, Subject subject) =>
        RunningCall.Start(
            nursery, _host.Loop, 'X', Body(request, folder), [_host.Filter, _init], request, _host.Refusals, subject);

    /// <summary>
    /// A call that was ended ends with its children. A busy kernel may take longer than anybody should wait for.
    /// </summary>
    private async ValueTask BuryAsync(string folder)
    {
        try
        {
            await _host.Cgroups.WaitEmptyAsync(folder, _host.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // They are killed, and counted until they are gone.
        }
    }

    private string InitFolder => Path.Combine(_cgroup, CgroupTree.InitName);

    /// <summary>
    /// Without a cgroup for each call, what happens in the sandbox's only one is laid to the call that runs.
    /// </summary>
    private double BeginByTime(ToolCallId call, Subject subject)
    {
        _last = call;
        _host.Directory.Add(CallCgroup.Id(InitFolder), subject);
        return CallCgroup.ReadCpuSeconds(InitFolder);
    }

    private void KillCall(string folder, ToolCallId call)
    {
        // The runtime's own process ends with its child; what that left running is told from nobody's, and stays.
        if (_host.Runtime.PerCallCgroup)
        {
            CallCgroup.Kill(folder);
        }
        else if (File.Exists(PidFile(call))
            && int.TryParse(File.ReadAllText(PidFile(call)), CultureInfo.InvariantCulture, out int pid))
        {
            _ = Native.Kill(pid, KillSignal);
        }
    }

    private string PidFile(ToolCallId call) => Path.Combine(_folders.Bundle, $"{call.Name}.pid");

    /// <summary>The runtime's own <c>exec</c>, where the warden cannot go in.</summary>
    private WardenRequest RuntimeBody(ExecRequest request)
    {
        string file = Path.Combine(_folders.Bundle, $"{request.Call.Name}.json");
        File.WriteAllBytes(file, OciProcess.Build(
            Users.Of(request.User), request.WorkingDirectory ?? WorkingDirectory, request.Arguments,
            SandboxEnvironment.Merge(request.User, _spec.Environment, request.Environment), OciConfig.OpenFilesMax));
        return new WardenRequest().Add(_host.RuntimeExecutable).Add("--root").Add(_host.RuntimeState).Add("exec")
            .Add("--process").Add(file).Add("--pid-file").Add(PidFile(request.Call)).Add(Name);
    }

    private WardenRequest Body(ExecRequest request, string folder)
    {
        WardenRequest body = new WardenRequest().Add(folder);
        uint user = Users.Of(request.User);
        return body.Add(user).Add(user).Add(OciConfig.OpenFilesMax).Add(OciConfig.OutOfMemoryScore)
            .Add(request.WorkingDirectory ?? WorkingDirectory)
            .AddCounted(request.Arguments)
            .AddCounted(SandboxEnvironment.Merge(request.User, _spec.Environment, request.Environment));
    }
}
