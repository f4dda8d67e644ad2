using System.Diagnostics;
using Aurelian.Episodes;
using Aurelian.Events;
using Spectre.Console;

namespace Aurelian.Cli;

/// <summary>
/// Progress of several episodes: a line each as it happens, on a terminal in colour, in a pipe plain.
/// </summary>
internal sealed class QuickstartObserver : IRunObserver
{
    private const int Wide = 70;

    private readonly IAnsiConsole _console = Consoles.For(Console.Error);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _writing = new();
    private readonly int _episodes;
    private int _ended;

    internal QuickstartObserver(int episodes) => _episodes = episodes;

    public void Preparing(string what) => Say("", "grey", what);

    public void Warned(string what) => Say("", "yellow", what);

    public void EpisodeStarted(EpisodeId episode, string name, string agent) =>
        Say(episode.Value, "blue", $"started · {name} · {Path.GetFileName(agent)}");

    public void CallStarted(EpisodeId episode, int? number, string command) => Say(
        episode.Value, "default",
            $"{(number is { } call ? $"call {call}" : "grade")} · {TerminalText.Line(command, Wide)}");

    public void IncidentFound(EpisodeId episode, Finding finding) =>
        Say(episode.Value, "red", $"{finding.Rule} · {TerminalText.Line(finding.Explanation, Wide)}");

    public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward) => Say(
        episode.Value, verdict.State == VerdictState.Clean ? "green" : "red",
        $"{verdict.State.ToString().ToLowerInvariant()}{(reward is { } given ? $" · reward {given}" : "")}"
            + $" · {Interlocked.Increment(ref _ended)} of {_episodes} done");

    public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
    {
        // Agents' output is in the timeline's tool calls; on the screen it would only be in the way.
    }

    private void Say(string episode, string colour, string text)
    {
        lock (_writing)
        {
            double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            _console.MarkupLine(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"[grey]{seconds,6:0.0} s[/]  {episode,-3} [{colour}]{Markup.Escape(TerminalText.Safe(text))}[/]"));
        }
    }
}
