using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Contains one sandbox: cut → freeze → capture → destroy sockets → snapshot → kill. The gate closes first: a frozen
/// process's socket buffers go on sending (3.9 MB, measured), and nothing frozen can be told to stop. A step that fails
/// leaves a receipt that says so, and the next is taken all the same.
/// </summary>
public static class Containment
{
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(
        IContainmentActuator actuator, Action<ContainmentReceipt> onReceipt, TimeProvider time)
    {
        (ContainmentAction Action, Func<CancellationToken, Task<string>> Step)[] steps =
        [
            (ContainmentAction.Cut, actuator.CutAsync),
            (ContainmentAction.Freeze, actuator.FreezeAsync),
            (ContainmentAction.Capture, actuator.CaptureAsync),
            (ContainmentAction.DestroySockets, actuator.DestroySocketsAsync),
            (ContainmentAction.Snapshot, actuator.SnapshotAsync),
            (ContainmentAction.Kill, actuator.KillAsync),
        ];
        foreach ((ContainmentAction action, Func<CancellationToken, Task<string>> step) in steps)
        {
            onReceipt(await TakeAsync(action, step, time).ConfigureAwait(false));
        }
    }

    private static async Task<ContainmentReceipt> TakeAsync(
        ContainmentAction action, Func<CancellationToken, Task<string>> step, TimeProvider time)
    {
        using CancellationTokenSource deadline = new(StepMax, time);
        try
        {
            string done = await step(deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
            return new ContainmentReceipt(action, MonotonicClock.NowNs, true, done);
        }
        catch (Exception exception)
        {
            // Whatever it was: the steps that follow matter more.
            return new ContainmentReceipt(action, MonotonicClock.NowNs, false, exception.Message);
        }
    }
}
