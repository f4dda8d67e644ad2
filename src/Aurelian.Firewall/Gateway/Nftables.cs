using System.Runtime.InteropServices;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// nftables in this process, inside the gateway's namespace: 12 µs a rule where forking <c>nft</c> takes 6 ms.
/// </summary>
internal sealed class Nftables : IDisposable
{
    private readonly NetworkNamespace _inside;
    private readonly nint _context;

    internal Nftables(NetworkNamespace inside)
    {
        _inside = inside;
        try
        {
            _context = inside.Run(() =>
            {
                nint context = Native.NewContext(0);
                _ = Native.BufferErrors(context);
                _ = Native.BufferOutput(context);
                return context;
            });
        }
        catch (DllNotFoundException exception)
        {
            throw new FirewallException(
                FirewallFailure.Missing, "libnftables.so.1 is missing: apt-get install libnftables1", exception);
        }
    }

    /// <summary>Runs commands as one transaction: all of them or none. Gives what they print.</summary>
    internal string Run(string commands) => Run(() => commands);

    /// <param name="commands">Made on the gateway's thread, in turn with all other changes; null: none.</param>
    internal string Run(Func<string?> commands) => _inside.Run(() =>
    {
        if (commands() is not { } text)
        {
            return "";
        }

        if (Native.RunCommands(_context, text) != 0)
        {
            string said = Marshal.PtrToStringUTF8(Native.Errors(_context)) ?? "";
            throw new FirewallException(FirewallFailure.NotEnforced, $"nftables refused: {said.Trim()}");
        }

        return Marshal.PtrToStringUTF8(Native.Output(_context)) ?? "";
    });

    public void Dispose() => _inside.Run(() => Native.FreeContext(_context));
}
