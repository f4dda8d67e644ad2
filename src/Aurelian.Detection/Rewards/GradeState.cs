using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The processes of one grade: since when each is there, and whether it does what the agent wrote.</summary>
internal sealed class GradeState
{
    private const int ProcessesMax = 16_384;
    private const int TouchesMax = 4096;
    private const int DepthMax = 256;

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
    private readonly HashSet<string> _found = [];
    private (int Pid, long Ns)? _rewarded;

    internal bool IsAgents(int pid) => _processes.Find(pid)?.Agents ?? false;

    internal bool TryFind(string kind) => _found.Add(kind);

    internal void Remember(int pid, Event touched) => _touches.Set(pid, touched);

    /// <summary>
    /// Whether a writer was there already when another one wrote, and had not itself started that one, as tests do
    /// whose last word follows their helpers'.
    /// </summary>
    internal bool Waited(int pid, Event occurred)
    {
        if (_rewarded is not { } first)
        {
            _rewarded = (pid, occurred.MonotonicNs);
            return false;
        }

        bool waited = first.Pid != pid && _processes.Find(pid) is { } process && process.SinceNs < first.Ns
            && !IsAncestor(pid, first.Pid);
        _rewarded = (pid, occurred.MonotonicNs);
        return waited;
    }

    /// <summary>Takes a fork or exec; gives the files it touched that were told before the exec was.</summary>
    internal IEnumerable<Event> Learn(Event occurred)
    {
        int pid = occurred.Subject.Pid ?? 0;
        switch (occurred.Fact)
        {
            case Fact.ProcessForked forked:
                _processes.Set(pid, new Process(occurred.MonotonicNs, forked.ParentPid, IsAgents(forked.ParentPid)));
                return [];
            case Fact.ProcessExecuted executed:
                Process before = _processes.Find(pid)
                    ?? new Process(occurred.MonotonicNs, executed.ParentPid, IsAgents(executed.ParentPid));
                bool agents = before.Agents || RunsAgents(executed);
                _processes.Set(pid, before with { Agents = agents });
                return agents && !before.Agents && _touches.Find(pid) is { } touched
                    && touched.MonotonicNs >= occurred.MonotonicNs ? [touched] : [];
            default:
                return [];
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

    private bool IsAncestor(int pid, int of)
    {
        int at = of;
        for (int step = 0; step < DepthMax && _processes.Find(at) is { } process; step++)
        {
            at = process.Parent;
            if (at == pid)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInside(string path) =>
        path == Workspace || path.StartsWith(Workspace + "/", StringComparison.Ordinal);

    private sealed record Process(long SinceNs, int Parent, bool Agents);
}
