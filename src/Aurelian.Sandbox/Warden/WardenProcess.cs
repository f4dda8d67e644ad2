using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// The native helper beside us. The socket to it is also its lifeline: when our end closes, however that came, it ends
/// every sandbox.
/// </summary>
internal sealed class WardenProcess : IDisposable
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);

    private readonly WardenChannel _channel;
    private readonly Process _process;

    private WardenProcess(SafeSocketHandle socket, Process process)
    {
        _channel = new WardenChannel(socket);
        _process = process;
        Ended = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Completes when the process is gone, whoever ended it.</summary>
    internal Task Ended { get; }

    internal WardenChannel Channel => _channel;

    internal int Pid => _process.Id;

    internal static WardenProcess Start(
        string path, string stateFolder, string workFolder, IEnumerable<string> cgroupFolders)
    {
        (SafeSocketHandle ours, SafeSocketHandle theirs) = Descriptors.SocketPair();
        using (theirs)
        {
            // Inheritable only now: the end that stays here is close-on-exec from birth.
            _ = Native.Control(theirs, Native.SetDescriptorFlags, 0);
            ProcessStartInfo start = new(path)
            {
                ArgumentList = { "serve", theirs.DangerousGetHandle().ToString(), stateFolder, workFolder },
                WorkingDirectory = "/",
            };
            // Processes are born in sandboxes as copies of it: what it does not have, none of them can show.
            start.Environment.Clear();
            start.Environment["PATH"] = SandboxEnvironment.Path;
            foreach (string folder in cgroupFolders)
            {
                start.ArgumentList.Add(folder);
            }

            Process process = Process.Start(start)
                ?? throw new SandboxException(SandboxFailure.Broken, "The warden does not start.");
            return new WardenProcess(ours, process);
        }
    }

    /// <summary>Sends a request that has exactly one reply, and gives the reply's value.</summary>
    internal Task<long> AskAsync(
        char operation, WardenRequest request, string what, SafeHandle[] descriptors,
        CancellationToken cancellationToken) =>
        _channel.AskAsync(operation, request, what, descriptors, cancellationToken);

    /// <summary>Lets go of the lifeline and waits until the warden has removed everything.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        if (!_process.WaitForExit(EndMax))
        {
            _process.Kill();
        }

        // Waited for to the end: who watches for it must not find it disposed.
        Ended.Wait(EndMax);
        _process.Dispose();
    }
}
