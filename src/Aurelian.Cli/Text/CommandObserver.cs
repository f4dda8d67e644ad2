using Aurelian.Episodes;
using Aurelian.Events;

namespace Aurelian.Cli;

/// <summary>
/// A single run: the command's output passes, made harmless for a terminal; what is found is said on standard error.
/// </summary>
/// <param name="json">Standard output belongs to the object: what a command says goes to standard error.</param>
internal sealed class CommandObserver(bool passOutput, bool json) : IRunObserver
{
    private readonly OutputFilter _error = new(Console.OpenStandardError(), Console.IsErrorRedirected, _ => { });
    private readonly OutputFilter _output = json
        ? new(Console.OpenStandardError(), Console.IsErrorRedirected, _ => { })
        : new(Console.OpenStandardOutput(), Console.IsOutputRedirected, Warn);

    /// <summary>Something that was asked for is missing or not whole.</summary>
    internal bool LostResult { get; private set; }

    public void ResultLost(string what)
    {
        LostResult = true;
        Warn(what);
    }

    public void Preparing(string what)
    {
        // A command's own output is what its user waits for.
    }

    public void Warned(string what) => Warn(what);

    public void EpisodeStarted(EpisodeId episode, string name, string agent)
    {
        // One episode: nothing to tell apart.
    }

    public void CallStarted(EpisodeId episode, int? number, string command)
    {
        if (!passOutput && !json)
        {
            Console.Error.WriteLine(
                $"{(number is { } call ? $"call {call}" : "grade")} · {TerminalText.Line(command, 90)}");
        }
    }

    public void IncidentFound(EpisodeId episode, Finding finding) => Console.Error.WriteLine(
        $"aurelian: {finding.Severity.ToString().ToLowerInvariant()} · {finding.Rule}: "
            + TerminalText.Safe(finding.Explanation));

    public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward)
    {
        // The closing text says it.
    }

    public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
    {
        if (passOutput)
        {
            (isError ? _error : _output).Write(bytes.Span);
        }
    }

    private static void Warn(string what)
    {
        try
        {
            Console.Error.WriteLine($"aurelian: {TerminalText.Safe(what)}");
        }
        catch (IOException)
        {
            // The disk behind standard error is full too: there is nobody left to tell.
        }
    }
}
