using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// runc alone: <c>runc run</c>, a <c>runc exec</c> for each command, <c>runc delete</c>, on the same kind of root with
/// the same configuration. Its overlay is mounted once, outside what is measured.
/// </summary>
internal sealed class RuncPeer : IDisposable
{
    internal const string Name = "runc run + 2 exec + delete";

    private readonly MountPlace _mounts = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-bench-runc-").FullName;
    private readonly string _cgroup;
    private int _runs;

    internal RuncPeer(string cgroup)
    {
        _cgroup = cgroup;
        PreparedRoot root = RootFilesystem.Prepare(new RootFilesystemConfig(), $"{_folder}/lower");
        UserBlock users = UserBlock.At(UserBlock.FindRange(), (uint)Environment.ProcessId, 1 << 19);
        User = users.Agent;
        _mounts.Mount("tmpfs", $"{_folder}/layer", "size=1g,mode=0755");
        _mounts.Run(() =>
        {
            Directory.CreateDirectory($"{_folder}/layer/scratch");
            Directory.CreateDirectory($"{_folder}/layer/upper");
            Skeleton.WriteUsers($"{_folder}/layer/upper", users);
            return 0;
        });
        _mounts.Mount(
            "overlay", $"{_folder}/root",
            $"lowerdir={string.Join(':', root.Lowers)},upperdir={_folder}/layer/upper,workdir={_folder}/layer/scratch");
        WriteConfig(root, users);
    }

    private uint User { get; }

    /// <summary>The same two commands as an episode of ours; gives milliseconds.</summary>
    internal double Run(string[] commands)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"peer-{Interlocked.Increment(ref _runs)}");
        string runc = $"runc --root {_folder}/state";
        string executed = string.Join(
            " && ", commands.Select(command => $"{runc} exec --user {User}:{User} --cwd /workspace {id} "
                + $"bash -c '{command}' >/dev/null"));
        // One config for all: the folder of cgroups is the id's.
        string bundle = Bundle(id);
        string script = $"{runc} run --detach --bundle {bundle} {id} </dev/null >/dev/null 2>&1 && {executed} && "
            + $"{runc} delete --force {id}";
        ProcessStartInfo start = new("sh") { ArgumentList = { "-c", script }, RedirectStandardError = true };
        long before = Stopwatch.GetTimestamp();
        using Process process = _mounts.Run(() => Process.Start(start))!;
        process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        return process.ExitCode == 0
            ? milliseconds
            : throw new InvalidOperationException($"runc failed: {process.StandardError.ReadToEnd()}");
    }

    public void Dispose()
    {
        _mounts.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Bundle(string id)
    {
        string bundle = $"{_folder}/bundles/{id}";
        Directory.CreateDirectory(bundle);
        string text = File.ReadAllText($"{_folder}/config.json");
        File.WriteAllText(
            $"{bundle}/config.json", text.Replace("CGROUP", $"/{_cgroup}/{id}", StringComparison.Ordinal));
        return bundle;
    }

    private void WriteConfig(PreparedRoot root, UserBlock users)
    {
        byte[] built = OciConfig.Build(new OciInputs
        {
            RootFolder = $"{_folder}/root",
            Binds = root.Binds,
            WardenPath = Path.Combine(NativeFolder.Find(), "warden"),
            CgroupsPath = "CGROUP",
            NetworkNamespacePath = null,
            Users = users,
            Seccomp = SeccompOci.Build(Landlock.IsSupported),
        });
        JsonNode config = JsonNode.Parse(built)!;
        // Nobody holds a lifeline of it: a program that waits is its pid 1.
        config["process"]!["args"] = new JsonArray("sleep", "1000");
        File.WriteAllText($"{_folder}/config.json", config.ToJsonString());
    }
}
