using System.Net.Sockets;

namespace Aurelian.Sandbox;

/// <summary>
/// A process of the warden that lives in a sandbox's v1 cgroups and outside the sandbox otherwise: calls are its
/// children, and so are born in those cgroups. Moving each there would cost 10 ms a call, and stop every fork of the
/// machine meanwhile (docs/decisions/0008).
/// </summary>
internal static class Nursery
{
    internal static async Task<WardenChannel> StartAsync(
        WardenProcess warden, IReadOnlyList<string> memberships, CancellationToken cancellationToken)
    {
        WardenRequest request = new();
        request.AddCounted([.. memberships]);
        (SafeSocketHandle ours, SafeSocketHandle theirs) = Descriptors.SocketPair();
        using (theirs)
        {
            try
            {
                await warden.AskAsync('N', request, "enter a sandbox's cgroups", [theirs], cancellationToken)
                    .ConfigureAwait(false);
                return new WardenChannel(ours);
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
    }
}
