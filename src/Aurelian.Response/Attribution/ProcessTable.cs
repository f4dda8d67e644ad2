using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Which program each process was at each time, from the timeline: a fork inherits, an exec replaces, an exit is
/// remembered (a finding may come after it). Sources are not in step: an exec may be told after the connection that the
/// program made, so it is asked by stamp and not by what came last. Bounded.
/// </summary>
internal sealed class ProcessTable
{
    private const int ProcessesMax = 65_536;

    /// <summary>Programs remembered of one pid: a shell that executes another, and the pid's next owner.</summary>
    private const int ProgramsMax = 8;

    private readonly Dictionary<int, ImmutableArray<Program>> _programs = [];
    private readonly Queue<int> _order = new();

    internal void Observe(Event occurred)
    {
        if (occurred.Subject.Pid is not { } pid)
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.ProcessForked forked:
                Program? parent = At(forked.ParentPid, occurred.MonotonicNs);
                Add(pid, (parent ?? new Program(0, null, [], false)) with { SinceNs = occurred.MonotonicNs });
                break;
            case Fact.ProcessExecuted executed:
                Add(pid, new Program(
                    occurred.MonotonicNs, executed.Executable, executed.Arguments, executed.ArgumentsCut));
                break;
        }
    }

    /// <param name="atNs">When it acted.</param>
    internal ProcessSummary? Find(int pid, long atNs) => At(pid, atNs) is { } program
        ? new ProcessSummary(pid, program.Executable, CommandLine.Join(program.Arguments, program.Cut))
        : null;

    /// <summary>The youngest that is not younger than the moment; before all that is known, the oldest.</summary>
    private Program? At(int pid, long ns)
    {
        if (!_programs.TryGetValue(pid, out ImmutableArray<Program> programs))
        {
            return null;
        }

        Program? youngest = null;
        foreach (Program program in programs)
        {
            youngest = program.SinceNs <= ns && (youngest is null || program.SinceNs > youngest.SinceNs)
                ? program
                : youngest;
        }

        return youngest ?? programs[0];
    }

    private void Add(int pid, Program program)
    {
        if (!_programs.TryGetValue(pid, out ImmutableArray<Program> programs))
        {
            programs = [];
            _order.Enqueue(pid);
            while (_programs.Count >= ProcessesMax)
            {
                _programs.Remove(_order.Dequeue());
            }
        }

        _programs[pid] = programs.Length < ProgramsMax ? programs.Add(program) : programs.RemoveAt(0).Add(program);
    }

    private sealed record Program(long SinceNs, string? Executable, ImmutableArray<string> Arguments, bool Cut);
}
