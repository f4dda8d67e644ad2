using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Response;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>
/// Contains a sandbox of its own before the first one is handed out: what the run relies on is proved on this machine,
/// and its code is warm when it is needed within milliseconds.
/// </summary>
internal static class Rehearsal
{
    internal static async Task RunAsync(Stage stage, SandboxSupply supply, CancellationToken cancellationToken)
    {
        EpisodeId nobody = new("rehearsal");
        LiveSandbox live = await supply.AcquireAsync(new SandboxId("rehearsal"), nobody, cancellationToken)
            .ConfigureAwait(false);
        List<ContainmentReceipt> receipts = [];
        try
        {
            Task<ExecResult> burning = live.Sandbox.ExecAsync(
                new ExecRequest
                {
                    Call = ToolCallId.Numbered(nobody, 1),
                    Arguments = ["sleep", "60"],
                    Timeout = TimeSpan.FromSeconds(60),
                },
                cancellationToken);
            SandboxActuator actuator = new(stage.Gateway, live.Sandbox, stage.Folder.Path);
            await Response.Containment.RunAsync(actuator, receipts.Add, stage.Time).ConfigureAwait(false);
            await burning.ConfigureAwait(false);
        }
        finally
        {
            await supply.ReleaseAsync(live).ConfigureAwait(false);
            File.Delete(Path.Combine(stage.Folder.Path, "processes-rehearsal.tsv"));
            File.Delete(Path.Combine(stage.Folder.Path, "upper-rehearsal.tar"));
        }

        if (receipts.Find(receipt => !receipt.Ok) is { } failed)
        {
            throw new FirewallException(
                FirewallFailure.NotEnforced,
                $"Containment does not work on this machine ({failed.Action}): {failed.Detail}");
        }
    }
}
