using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>What an ended sandbox leaves, and the next one in it (docs/decisions/0009).</summary>
public sealed partial class SandboxHost
{
    /// <summary>
    /// Takes a sandbox of the pool back, with its slot, once its gate is closed. No process of it goes on.
    /// </summary>
    public async Task ReturnAsync(ISandbox sandbox)
    {
        if (_pool is { } pool)
        {
            pool.Return((RunningSandbox)sandbox);
        }
        else
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A new sandbox in the cgroups and the network slot of one that has ended: all else is new, and like what the
    /// runtime makes, or this throws.
    /// </summary>
    internal async Task<RunningSandbox> RebuildAsync(SandboxShell shell, CancellationToken cancellationToken)
    {
        UserBlock users = NewUsers();
        SandboxFolders folders = new(Path.Combine(_stateFolder, shell.Name));
        if (_standard is null || !Cgroups.TryRenew(shell.Name, shell.Limits))
        {
            throw new SandboxException(SandboxFailure.Broken, "The cgroups of an ended sandbox are still in use.");
        }

        (SafeFileHandle read, SafeFileHandle lifeline) = Descriptors.Pipe();
        int pid;
        try
        {
            await MountAsync(folders, shell.Limits, users, cancellationToken).ConfigureAwait(false);
            pid = await SandboxBuilder.BuildAsync(
                shell, Inputs(shell.Name, folders, shell.Slot, users),
                Cgroups.CallFolder(shell.Name, CgroupTree.InitName), read, _ownFilter, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            lifeline.Dispose();
            await AbandonAsync(folders, shell.Name).ConfigureAwait(false);
            throw;
        }
        finally
        {
            read.Dispose();
        }

        RunningSandbox sandbox = Keep(new RunningSandbox(
            this, shell.Name, shell.Slot, folders, users, pid, lifeline, shell.Nursery, shell.Limits));
        if (_standard.Difference(SandboxLikeness.Read(pid, folders.Path)) is { } difference)
        {
            await sandbox.EndAsync().ConfigureAwait(false);
            throw new SandboxException(
                SandboxFailure.Broken, $"A recycled sandbox is not like a new one: it {difference}.");
        }

        return sandbox;
    }

    /// <summary>Removes what is left of a sandbox that has ended.</summary>
    internal async Task DiscardAsync(SandboxShell shell)
    {
        Leftovers.RemoveFolder(Path.Combine(_stateFolder, shell.Name));
        // Its end empties the v1 cgroups.
        shell.Nursery?.Dispose();
        for (int round = 0; round < 100 && !Cgroups.TryRemoveSandbox(shell.Name); round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    internal Task<WardenChannel> StartNurseryAsync(string id, CancellationToken cancellationToken) =>
        Nursery.StartAsync(Warden, Cgroups.Memberships(id), cancellationToken);

    private UserBlock NewUsers() => UserBlock.At(
        _usersOrigin, (uint)Environment.ProcessId + _ordinal, Interlocked.Increment(ref _made));

    private RunningSandbox Keep(RunningSandbox sandbox)
    {
        _running[sandbox.Name] = sandbox;
        return sandbox;
    }

    private OciInputs Inputs(string id, SandboxFolders folders, NetworkSlot? slot, UserBlock users) => new()
    {
        RootFolder = folders.Root,
        Binds = _root.Binds,
        WardenPath = WardenPath,
        CgroupsPath = $"/{Cgroups.Name}/{id}/{CgroupTree.InitName}",
        NetworkNamespacePath = slot?.Namespace.Path,
        Users = users,
        Seccomp = _ociSeccomp,
    };
}
