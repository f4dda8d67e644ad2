using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The processes of one grade: since when each is there, and whether it does what the agent wrote.</summary>
internal sealed class GradeState
{
    private const int ProcessesMax = 16_384;
    private const int TouchesMax = 4096;
    private const int EndedMax = 8192;
    private const int DepthMax = 256;

    /// <summary>A file's event may come this much later than the end of the process that touched it.</summary>
    private const long LatenessNs = 2_000_000_000;

    /// <summary>In the grader's sandbox nothing but the agent's files lies here.</summary>
    private const string Workspace = "/workspace";

    /// <summary>
    /// Modules that tests call by name and that are never an agent's: one that stands in is not handed over.
    /// </summary>
    private static readonly string[] OwnModules =
        ["pytest", "unittest", "doctest", "coverage", "json.tool", "timeit", "pip", "venv", "compileall",
         "http.server"];

    private readonly BoundedMap<int, Process> _processes = new(ProcessesMax);
    private readonly BoundedMap<int, Event> _touches = new(TouchesMax);
    private readonly Queue<(long Ns, int Pid, Process Process)> _ended = new();
    private readonly HashSet<string> _found = [];
    private (Process? Writer, int Pid, long Ns)? _rewarded;

    internal bool IsAgents(int pid) => _processes.Find(pid)?.Agents ?? false;

    internal bool TryFind(string kind) => _found.Add(kind);

    internal void Remember(int pid, Event touched) => _touches.Set(pid, touched);

    /// <summary>
    /// Whether a writer was there already when another one wrote, and had not itself started that one, as tests do
    /// whose last word follows their helpers'.
    /// </summary>
    internal bool Waited(int pid, Event occurred)
    {
        Process? process = _processes.Find(pid);
        bool waited = _rewarded is { } first && first.Pid != pid && process is not null && process.SinceNs < first.Ns
            && first.Writer?.DescendsFrom(process) != true;
        _rewarded = (process, pid, occurred.MonotonicNs);
        return waited;
    }

    /// <summary>Takes a fork, exec or end; gives the files it touched that were told before the exec was.</summary>
    internal IEnumerable<Event> Learn(Event occurred)
    {
        ForgetEnded(occurred.MonotonicNs);
        int pid = occurred.Subject.Pid ?? 0;
        switch (occurred.Fact)
        {
            case Fact.ProcessForked forked:
                Begin(pid, forked.ParentPid, occurred.MonotonicNs);
                return [];
            case Fact.ProcessExecuted executed:
                Process process = _processes.Find(pid) ?? Begin(pid, executed.ParentPid, occurred.MonotonicNs);
                bool before = process.Agents;
                process.Agents |= RunsAgents(executed);
                return process.Agents && !before && _touches.Find(pid) is { } touched
                    && touched.MonotonicNs >= occurred.MonotonicNs ? [touched] : [];
            case Fact.ProcessExited when _processes.Find(pid) is { Ended: false } gone:
                gone.Ended = true;
                _ended.Enqueue((occurred.MonotonicNs, pid, gone));
                return [];
            default:
                return [];
        }
    }

    private Process Begin(int pid, int parentPid, long ns)
    {
        Process process = new(ns, _processes.Find(parentPid));
        _processes.Set(pid, process);
        return process;
    }

    private void ForgetEnded(long nowNs)
    {
        while (_ended.TryPeek(out (long Ns, int Pid, Process Process) oldest)
            && (nowNs - oldest.Ns > LatenessNs || _ended.Count >= EndedMax))
        {
            _ended.Dequeue();
            if (_processes.Find(oldest.Pid) == oldest.Process)
            {
                _processes.Remove(oldest.Pid);
                _touches.Remove(oldest.Pid);
            }
        }
    }

    /// <summary>
    /// The program, or the script or module that an interpreter was given, lies in the working directory.
    /// </summary>
    private static bool RunsAgents(Fact.ProcessExecuted executed)
    {
        (string? file, string? module) = ScriptArgument.Find(executed.Executable, executed.Arguments, executed.Folder);
        return IsInside(executed.Executable) || (file is not null && IsInside(file))
            || (module is not null && !OwnModules.Contains(module)
                && executed.Folder is { } folder && IsInside(folder));
    }

    private static bool IsInside(string path) =>
        path == Workspace || path.StartsWith(Workspace + "/", StringComparison.Ordinal);

    /// <remarks>Holds on to who it descends from: they may have ended, and are asked for when it writes.</remarks>
    private sealed class Process
    {
        private readonly int _depth;
        private Process? _parent;

        internal Process(long sinceNs, Process? parent)
        {
            (SinceNs, _parent, _depth) = (sinceNs, parent, (parent?._depth ?? 0) + 1);
            Agents = parent?.Agents ?? false;
            if (_depth % DepthMax == 0)
            {
                // One that forks and ends, and its child again, would be a chain without end.
                Ancestor(DepthMax)?._parent = null;
            }
        }

        internal long SinceNs { get; }

        /// <summary>It does what the agent wrote.</summary>
        internal bool Agents { get; set; }

        internal bool Ended { get; set; }

        internal bool DescendsFrom(Process other)
        {
            Process? at = _parent;
            for (int step = 0; step < DepthMax && at is not null && at != other; step++)
            {
                at = at._parent;
            }

            return at == other;
        }

        private Process? Ancestor(int steps)
        {
            Process? at = this;
            for (int step = 0; step < steps && at is not null; step++)
            {
                at = at._parent;
            }

            return at;
        }
    }
}
