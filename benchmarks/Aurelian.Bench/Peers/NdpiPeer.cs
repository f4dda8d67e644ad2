using System.Diagnostics;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>nDPI's own reader, from Debian's package unpacked below artifacts (eng/bench-peers).</summary>
internal static class NdpiPeer
{
    internal const string Name = "ndpiReader -q";

    /// <summary>Null where the package is not unpacked.</summary>
    internal static ProcessStartInfo? Command(string capture)
    {
        string root = Path.Combine(Path.GetDirectoryName(NativeFolder.Find())!, "ndpi", "root");
        string program = Path.Combine(root, "usr/bin/ndpiReader");
        if (!File.Exists(program))
        {
            return null;
        }

        ProcessStartInfo start = new(program) { ArgumentList = { "-q", "-i", capture } };
        start.Environment["LD_LIBRARY_PATH"] = string.Join(
            ':', Directory.GetDirectories(Path.Combine(root, "usr/lib"), "*-linux-gnu"));
        return start;
    }
}
