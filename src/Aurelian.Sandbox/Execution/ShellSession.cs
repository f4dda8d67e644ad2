using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>
/// A shell over several calls: the working directory and the exported environment carry over, and each command is born
/// in its own call's cgroup. (Moving one running shell between cgroups would cost 6 ms a call and lose who was born
/// where.)
/// </summary>
public sealed class ShellSession(ISandbox sandbox)
{
    /// <summary>Where the exported environment waits between two calls, as the agent's own plain file.</summary>
    public const string EnvironmentInside = "/tmp/.session.env";

    /// <summary>The search path before any call changed it.</summary>
    public static string InitialPath => SandboxEnvironment.Path;

    internal const string ScriptInside = "/.aurelian/session";

    /// <summary>
    /// Kept as plain files of the agent: whatever it writes there it could have typed. No variable of ours is set,
    /// since the agent's own of that name would be lost, or would be ours.
    /// </summary>
    internal const string Script = """
        [ -f /tmp/.session.env ] && . /tmp/.session.env 2>/dev/null
        [ -f /tmp/.session.cwd ] && cd -- "$(</tmp/.session.cwd)" 2>/dev/null
        trap 'export -p >/tmp/.session.env; pwd >/tmp/.session.cwd' EXIT
        eval "shift
        $1"

        """;

    public Task<ExecResult> RunAsync(
        ToolCallId call, string command, TimeSpan timeout, int outputBytesMax, CancellationToken cancellationToken) =>
        sandbox.ExecAsync(
            new ExecRequest
            {
                Call = call,
                Arguments = ["bash", ScriptInside, command],
                Timeout = timeout,
                OutputBytesMax = outputBytesMax,
            },
            cancellationToken);
}
