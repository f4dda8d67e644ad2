namespace Aurelian.Sandbox;

/// <summary>What a host of sandboxes is started with.</summary>
public sealed record SandboxHostConfig
{
    /// <summary>Folder of the built native parts.</summary>
    public required string NativeFolder { get; init; }

    /// <summary>Where state lives while the run does; a tmpfs by preference.</summary>
    public string StateParent { get; init; } = "/run";

    public RuntimeConfig Runtime { get; init; } = RuntimeConfig.Runc;

    /// <summary>Where files on their way between sandboxes lie; a disk, since they may be large.</summary>
    public string WorkParent { get; init; } = Path.GetTempPath();

    /// <summary>The runtime takes tens of milliseconds; one that hangs is killed after this.</summary>
    public TimeSpan RuntimeMax { get; init; } = TimeSpan.FromSeconds(30);

    public RootFilesystemConfig Root { get; init; } = new();

    /// <summary>Null: every sandbox is made when it is asked for.</summary>
    public SandboxPoolConfig? Pool { get; init; }
}
