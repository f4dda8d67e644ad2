using System.Globalization;

namespace Aurelian.Sandbox;

/// <summary>
/// What a sandbox is, as the kernel tells it of its pid 1: rights, namespaces of its own, and every mount with its
/// options. One that the warden built must be like the one that the runtime made, or nobody gets it.
/// </summary>
/// <remarks>
/// Covers: capabilities, no_new_privs, seccomp, groups, umask, limits; which namespaces are new; mounts, masks and
/// read-only paths. Does not cover: what a seccomp program says (it is compiled from the same profile, and a test
/// compares what it refuses).
/// </remarks>
internal sealed record SandboxLikeness(IReadOnlyList<string> Lines)
{
    private static readonly string[] Rights =
    [
        "Umask", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
        "Seccomp_filters",
    ];

    private static readonly string[] Kinds = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

    /// <param name="pid">pid 1 of the sandbox, as seen from the host.</param>
    /// <param name="folder">The sandbox's own state folder: the one thing in which two may differ.</param>
    internal static SandboxLikeness Read(int pid, string folder)
    {
        IEnumerable<string> rights = File.ReadLines($"/proc/{pid}/status")
            .Where(line => Array.Exists(Rights, name => line.StartsWith($"{name}:", StringComparison.Ordinal)));
        IEnumerable<string> limits = File.ReadLines($"/proc/{pid}/limits").Skip(1);
        IEnumerable<string> namespaces = Kinds.Select(kind =>
            $"{kind}: {(Namespace("self", kind) == Namespace(pid.ToString(CultureInfo.InvariantCulture), kind)
                ? "the host's" : "its own")}");
        IEnumerable<string> mounts = File.ReadLines($"/proc/{pid}/mountinfo")
            .Select(line => Mount(line, folder)).Order(StringComparer.Ordinal);
        return new SandboxLikeness(
        [
            .. rights, .. limits, .. namespaces, .. mounts,
            $"score: {File.ReadAllText($"/proc/{pid}/oom_score_adj").Trim()}",
        ]);
    }

    /// <summary>The first line in which another differs; null: it is like this one.</summary>
    internal string? Difference(SandboxLikeness other) =>
        Lines.Except(other.Lines).Select(line => $"lacks '{line}'")
            .Concat(other.Lines.Except(Lines).Select(line => $"has '{line}'"))
            .FirstOrDefault() ?? (Lines.Count == other.Lines.Count ? null : "a mount more than once");

    private static string Namespace(string pid, string kind) =>
        new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget ?? "";

    /// <summary>Without ids (mount, parent, device): they are new each time.</summary>
    private static string Mount(string line, string folder) =>
        string.Join(' ', line.Split(' ').Skip(3)).Replace(folder, "", StringComparison.Ordinal);
}
