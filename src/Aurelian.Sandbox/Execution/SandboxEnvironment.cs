namespace Aurelian.Sandbox;

/// <summary>What every call finds in its environment.</summary>
internal static class SandboxEnvironment
{
    internal const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static IReadOnlyList<string> Merge(
        SandboxUser user, params ReadOnlySpan<IReadOnlyDictionary<string, string>> additions)
    {
        bool agent = user == SandboxUser.Agent;
        Dictionary<string, string> merged = new()
        {
            ["PATH"] = Path,
            ["HOME"] = agent ? Skeleton.Home : "/tmp",
            ["USER"] = agent ? "agent" : "grader",
            ["LOGNAME"] = agent ? "agent" : "grader",
            ["SHELL"] = "/bin/bash",
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
        };
        foreach (IReadOnlyDictionary<string, string> addition in additions)
        {
            foreach ((string name, string value) in addition)
            {
                merged[name] = value;
            }
        }

        return [.. merged.Select(entry => $"{entry.Key}={entry.Value}")];
    }
}
