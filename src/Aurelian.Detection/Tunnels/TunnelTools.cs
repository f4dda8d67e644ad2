using System.Collections.Immutable;

namespace Aurelian.Detection;

/// <summary>Tools that exist to let the outside in, by their argv.</summary>
internal static class TunnelTools
{
    private static readonly string[] LibraryCalls =
        ["request_port_forward", "forward_remote_port", "tcpip-forward", "reverse_forward_tunnel"];

    /// <summary>What the command line says it will open from outside; null when nothing.</summary>
    internal static string? ReverseBy(string executable, ImmutableArray<string> arguments)
    {
        string name = SshCommandLine.BaseName(arguments.Length > 0 ? arguments[0] : executable);
        string real = SshCommandLine.BaseName(executable);
        if (SshCommandLine.IsClient(executable, arguments))
        {
            return SshCommandLine.Parse(arguments).Reverse ? "ssh reverse forwarding" : null;
        }

        bool Has(string word) => arguments.Skip(1).Contains(word, StringComparer.Ordinal);
        bool Is(string tool) => name == tool || real == tool;
        return Is("chisel") && Has("client") && arguments.Any(each => each.StartsWith("R:", StringComparison.Ordinal))
                ? "chisel reverse tunnel"
            : Is("frpc") ? "frp client"
            : Is("ngrok") && (Has("http") || Has("tcp") || Has("tls") || Has("start")) ? "ngrok"
            : Is("cloudflared") && (Has("tunnel") || Has("access")) ? "cloudflared tunnel"
            : Is("bore") && Has("local") ? "bore"
            : Is("lt") && arguments.Any(each => each.StartsWith("--port", StringComparison.Ordinal)) ? "localtunnel"
            : Is("socat") && Bridges(arguments) ? "socat between two connections"
            : arguments.Any(each => Array.Exists(LibraryCalls, call => each.Contains(call, StringComparison.Ordinal)))
                ? "reverse forwarding by a library"
            : null;
    }

    /// <summary>
    /// An unknown program with ssh's own spelling of a reverse forwarding: believed once it speaks SSH.
    /// </summary>
    internal static bool LooksLikeRenamedClient(ImmutableArray<string> arguments) =>
        arguments.Length > 1 && SshCommandLine.Parse(arguments).Reverse;

    private static bool Bridges(ImmutableArray<string> arguments)
    {
        string[] dials = ["TCP:", "TCP4:", "TCP-CONNECT:", "TCP4-CONNECT:", "OPENSSL:", "SSL:"];
        int connections = arguments.Count(each =>
            Array.Exists(dials, dial => each.StartsWith(dial, StringComparison.OrdinalIgnoreCase)));
        bool shell = arguments.Any(each => each.StartsWith("EXEC:", StringComparison.OrdinalIgnoreCase)
            || each.StartsWith("SYSTEM:", StringComparison.OrdinalIgnoreCase));
        return connections >= 2 || (connections == 1 && shell);
    }
}
