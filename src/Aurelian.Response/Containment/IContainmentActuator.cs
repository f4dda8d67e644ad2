namespace Aurelian.Response;

/// <summary>
/// The hands of a containment on one sandbox. Each says in a few words what it did; throwing means it failed.
/// </summary>
public interface IContainmentActuator
{
    /// <summary>Closes the gate and resets the flows.</summary>
    Task<string> CutAsync(CancellationToken cancellationToken);

    Task<string> FreezeAsync(CancellationToken cancellationToken);

    /// <summary>Writes down the processes while they are frozen.</summary>
    Task<string> CaptureAsync(CancellationToken cancellationToken);

    Task<string> DestroySocketsAsync(CancellationToken cancellationToken);

    Task<string> SnapshotAsync(CancellationToken cancellationToken);

    Task<string> KillAsync(CancellationToken cancellationToken);
}
