namespace Aurelian.Agents;

/// <summary>A validated task in Harbor's format.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="FilesFolder">What lies in the working directory at the start.</param>
public sealed record TaskPlan(
    string Name, string Folder, string Instruction, string FilesFolder, string TestsFolder, TimeSpan AgentTimeout,
    TimeSpan VerifierTimeout)
{
    /// <summary>The task's own proof: run in the working directory, it must lead to reward 1.</summary>
    public string SolutionFolder => Path.Combine(Folder, "solution");
}

/// <summary>One mistake in a task or script.</summary>
public sealed record InputError(string File, int Line, string Message)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
