using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>
/// Hands out sandboxes: made, admitted under the episode's policy, watched, and proved by canaries; in that order, and
/// only then.
/// </summary>
internal sealed class SandboxSupply(Stage stage, RunPlan plan)
{
    private readonly CanaryProber _canaries = new(stage.Gateway);

    internal async Task<LiveSandbox> AcquireAsync(
        SandboxId id, EpisodeId episode, CancellationToken cancellationToken)
    {
        Subject subject = new(stage.Folder.Id, Episode: episode, Sandbox: id);
        ISandbox sandbox = await stage.Host.TakeAsync(
            new SandboxSpec { Id = id, Limits = plan.Limits() }, subject, cancellationToken).ConfigureAwait(false);
        LiveSandbox live = new(sandbox, subject);
        try
        {
            stage.Policies.Admit(subject, sandbox.Slot!);
            stage.Files.Watch(sandbox, subject);
            await _canaries.ProbeAsync(sandbox, subject, cancellationToken).ConfigureAwait(false);
            stage.Desk.Add(live);
            return live;
        }
        catch
        {
            await ReleaseAsync(live).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a containment under way, then kills the sandbox and gives it back, with its slot.</summary>
    internal async Task ReleaseAsync(LiveSandbox live)
    {
        stage.Desk.Remove(live);
        bool ended = false;
        try
        {
            await live.Containment.ConfigureAwait(false);
            await live.Sandbox.KillAsync(CancellationToken.None).ConfigureAwait(false);
            stage.Resources.Forget(live.Sandbox);
            stage.Files.Forget(live.Sandbox.Id);
            stage.ActiveCalls.Clear(live.Sandbox.Slot!.Address);
            stage.Gateway.Release(live.Sandbox.Id);
            ended = true;
        }
        finally
        {
            if (!ended)
            {
                // Whatever failed above. A slot whose sandbox did not end as it should is not handed to another.
                await live.Sandbox.DisposeAsync().ConfigureAwait(false);
            }
        }

        await stage.Host.ReturnAsync(live.Sandbox).ConfigureAwait(false);
        live.Dispose();
    }
}
