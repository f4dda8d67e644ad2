using System.Text;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Response;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>The real hands of a containment: the gateway's gate and the sandbox's cgroup.</summary>
internal sealed class SandboxActuator(Gateway gateway, ISandbox sandbox, string folder) : IContainmentActuator
{
    private const long SnapshotBytesMax = 256L << 20;
    private const int CommandLineMax = 4096;

    public Task<string> CutAsync(CancellationToken cancellationToken)
    {
        (_, int flows) = gateway.Cut(sandbox.Id, "cut: the sandbox was contained");
        return Task.FromResult($"gate closed, {flows} connections reset");
    }

    public async Task<string> FreezeAsync(CancellationToken cancellationToken)
    {
        await sandbox.FreezeAsync(cancellationToken).ConfigureAwait(false);
        return "every process frozen";
    }

    public async Task<string> CaptureAsync(CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        foreach (int pid in sandbox.ReadPids())
        {
            string line = ProcessFiles.CommandLine(pid) ?? "";
            line = line.Length > CommandLineMax ? line[..CommandLineMax] : line;
            text.Append(pid).Append('\t').Append(ProcessFiles.Executable(pid)).Append('\t').AppendLine(line);
        }

        string file = Path.Combine(folder, $"processes-{sandbox.Id}.tsv");
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken).ConfigureAwait(false);
        return $"processes written to {Path.GetFileName(file)}";
    }

    public Task<string> DestroySocketsAsync(CancellationToken cancellationToken)
    {
        int sockets = gateway.DestroySockets(sandbox.Id);
        return Task.FromResult(sockets == 0 ? "no socket was left" : $"{sockets} sockets destroyed");
    }

    public async Task<string> SnapshotAsync(CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, $"upper-{sandbox.Id}.tar");
        FileOutcome outcome = await sandbox.Files.SnapshotAsync(file, SnapshotBytesMax, cancellationToken)
            .ConfigureAwait(false);
        return outcome == FileOutcome.Done
            ? $"changed files written to {Path.GetFileName(file)}"
            : throw new IOException($"no snapshot: {outcome}");
    }

    public async Task<string> KillAsync(CancellationToken cancellationToken)
    {
        // Not thawed first: a kill reaches the frozen, and nothing gets another instruction in between.
        await sandbox.KillAsync(cancellationToken).ConfigureAwait(false);
        return "every process killed";
    }
}
