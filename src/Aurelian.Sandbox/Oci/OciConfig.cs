using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aurelian.Sandbox;

/// <summary>What of a sandbox goes into its OCI configuration.</summary>
internal sealed record OciInputs
{
    public required string RootFolder { get; init; }

    public required IReadOnlyList<string> Binds { get; init; }

    public required string WardenPath { get; init; }

    public required string CgroupsPath { get; init; }

    /// <summary>Null: a new namespace with nothing in it.</summary>
    public required string? NetworkNamespacePath { get; init; }

    public required UserBlock Users { get; init; }

    public required JsonNode Seccomp { get; init; }
}

/// <summary>
/// The <c>config.json</c> of a sandbox (OCI runtime specification 1.0). pid 1 is the warden, which holds the lifeline;
/// tool calls are started by the warden too, not by the runtime.
/// </summary>
internal static class OciConfig
{
    internal const string WardenInside = "/.aurelian/warden";

    /// <summary>The descriptor that pid 1 finds its lifeline at: the first that <c>--preserve-fds</c> passes.</summary>
    internal const int LifelineDescriptor = 3;

    /// <summary>When memory runs out, the kernel ends a sandbox's process before one of the host's.</summary>
    internal const int OutOfMemoryScore = 500;

    internal const string HostName = "sandbox";
    internal const int OpenFilesMax = 4096;

    internal static byte[] Build(OciInputs inputs)
    {
        JsonObject config = new()
        {
            ["ociVersion"] = "1.0.2",
            ["process"] = Process(inputs.Users),
            ["root"] = new JsonObject { ["path"] = inputs.RootFolder, ["readonly"] = false },
            ["hostname"] = HostName,
            ["mounts"] = Mounts(inputs),
            ["linux"] = new JsonObject
            {
                ["cgroupsPath"] = inputs.CgroupsPath,
                ["namespaces"] = Namespaces(inputs.NetworkNamespacePath),
                ["maskedPaths"] = List(SandboxMounts.Hidden(inputs.Binds)),
                ["readonlyPaths"] = List(SandboxMounts.ReadOnly),
                ["seccomp"] = inputs.Seccomp.DeepClone(),
                ["resources"] = new JsonObject { ["devices"] = Devices() },
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(config, OciJson.Default.JsonObject);
    }

    private static JsonObject Process(UserBlock users) => new()
    {
        ["terminal"] = false,
        ["user"] = new JsonObject { ["uid"] = users.Keeper, ["gid"] = users.Keeper },
        ["args"] = new JsonArray(WardenInside, "init", LifelineDescriptor.ToString()),
        ["env"] = new JsonArray($"PATH={SandboxEnvironment.Path}"),
        ["cwd"] = "/",
        ["capabilities"] = new JsonObject
        {
            ["bounding"] = new JsonArray(), ["effective"] = new JsonArray(), ["inheritable"] = new JsonArray(),
            ["permitted"] = new JsonArray(), ["ambient"] = new JsonArray(),
        },
        ["rlimits"] = new JsonArray(
            // 1, not 0: at 0 a host's core_pattern that is a pipe is started all the same, as root and outside.
            new JsonObject { ["type"] = "RLIMIT_CORE", ["hard"] = 1, ["soft"] = 1 },
            new JsonObject { ["type"] = "RLIMIT_NOFILE", ["hard"] = OpenFilesMax, ["soft"] = OpenFilesMax }),
        ["noNewPrivileges"] = true,
        ["oomScoreAdj"] = OutOfMemoryScore,
    };

    private static JsonArray Mounts(OciInputs inputs) =>
    [
        .. SandboxMounts.All(inputs.Binds, inputs.WardenPath).Select(mount => new JsonObject
        {
            ["destination"] = mount.Destination, ["type"] = mount.Type, ["source"] = mount.Source,
            ["options"] = List(mount.Options),
        }),
    ];

    private static JsonArray Namespaces(string? network)
    {
        JsonObject net = new() { ["type"] = "network" };
        if (network is not null)
        {
            net["path"] = network;
        }

        return
        [
            new JsonObject { ["type"] = "pid" }, new JsonObject { ["type"] = "ipc" },
            new JsonObject { ["type"] = "uts" }, new JsonObject { ["type"] = "mount" },
            new JsonObject { ["type"] = "cgroup" }, net,
        ];
    }

    /// <summary>Nothing but the harmless devices that the specification makes itself.</summary>
    private static JsonArray Devices() => [new JsonObject { ["allow"] = false, ["access"] = "rwm" }];

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text!)];
}
