using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>What the warden is told to build a sandbox by (native/warden/build.c).</summary>
internal static class SandboxBuilder
{
    /// <summary>Gives pid 1 as seen from the host.</summary>
    internal static async Task<int> BuildAsync(
        SandboxShell shell, OciInputs inputs, string initCgroup, SafeFileHandle lifeline, SafeFileHandle filter,
        CancellationToken cancellationToken)
    {
        WardenRequest request = new WardenRequest().Add(initCgroup).Add(inputs.RootFolder).Add(OciConfig.HostName)
            .Add(OciConfig.OutOfMemoryScore).Add($"PATH={SandboxEnvironment.Path}").Add(inputs.Users.Keeper)
            .Add(OciConfig.OpenFilesMax).Add(OciConfig.WardenInside);
        IReadOnlyList<SandboxMount> mounts = SandboxMounts.All(inputs.Binds, inputs.WardenPath);
        request.Add(mounts.Count);
        foreach (SandboxMount mount in mounts)
        {
            (long flags, string data) = SandboxMounts.ForKernel(mount);
            request.Add(mount.Destination).Add(mount.Source).Add(mount.Type).Add(flags).Add(data);
        }

        request.AddCounted(SandboxMounts.Hidden(inputs.Binds)).AddCounted(SandboxMounts.ReadOnly);
        SafeHandle[] descriptors = shell.Slot is { } slot
            ? [lifeline, filter, slot.Namespace.Descriptor]
            : [lifeline, filter];
        return (int)await shell.Nursery!.AskAsync('B', request, "build a sandbox", descriptors, cancellationToken)
            .ConfigureAwait(false);
    }
}
