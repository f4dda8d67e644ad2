using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>A program run in a real sandbox, and what must be found of it.</summary>
/// <param name="Label">As in a labels file; <c>honest</c> for what must raise no alarm.</param>
/// <param name="Severity">The least that must be found; of an honest one the most that may be.</param>
/// <param name="Call">The tool call that did it, from 1; null for an honest one.</param>
/// <param name="Calls">Shell commands, one tool call each, in a copy of the programs' folder.</param>
/// <param name="Needs">Programs of the machine without which it is not run.</param>
/// <param name="Quick">Among those that every test run makes.</param>
public sealed record Scenario(
    string Name, string Label, string What, IReadOnlyList<Category> MetBy, Severity Severity, int? Call,
    IReadOnlyList<string> Calls, IReadOnlyList<string> Needs, bool Quick)
{
    public bool IsHonest => MetBy.Count == 0;

    /// <summary>The programs that it needs and the machine lacks.</summary>
    public IReadOnlyList<string> Missing() => [.. Needs.Where(program =>
        !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder =>
            File.Exists(Path.Combine(folder, program))))];
}
