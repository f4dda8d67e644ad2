using System.Diagnostics;
using System.Net.Sockets;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// HAProxy in SNI pass-through, from Debian's package unpacked below artifacts (eng/bench-peers): one process of ours,
/// no service.
/// </summary>
internal sealed class HaproxyPeer : IDisposable
{
    internal const string Name = "HAProxy, SNI pass-through";

    private readonly string _config = Path.GetTempFileName();
    private readonly Process _process;

    private HaproxyPeer(string root, NetworkNamespace inside)
    {
        File.WriteAllText(_config, string.Join('\n', [
            "defaults", "  mode tcp", "  timeout connect 5s", "  timeout client 60s", "  timeout server 60s",
            .. new[] { EgressServer.Sink, EgressServer.Source, EgressServer.Word }.SelectMany(port => new[]
            {
                $"frontend f{port}", $"  bind 10.90.0.1:{port}", "  tcp-request inspect-delay 3s",
                $"  tcp-request content accept if {{ req.ssl_sni -i {EgressPlace.Host} }}",
                "  tcp-request content reject", "  option splice-auto", $"  default_backend b{port}",
                $"backend b{port}", "  option splice-auto", $"  server s 192.0.2.2:{port}",
            }), "",
        ]));
        ProcessStartInfo start = new(Path.Combine(root, "usr/sbin/haproxy"))
        {
            ArgumentList = { "-q", "-db", "-f", _config }, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = string.Join(
            ':', Directory.GetDirectories(Path.Combine(root, "usr/lib"), "*-linux-gnu"));
        _process = inside.Run(() => Process.Start(start))!;
    }

    /// <summary>Null where the package is not unpacked.</summary>
    internal static HaproxyPeer? Start(EgressPlace place)
    {
        string root = Path.Combine(Path.GetDirectoryName(NativeFolder.Find())!, "haproxy", "root");
        if (!File.Exists(Path.Combine(root, "usr/sbin/haproxy")))
        {
            return null;
        }

        HaproxyPeer peer = new(root, place.Router);
        for (int round = 0; round < 200; round++)
        {
            try
            {
                place.ByRouter(EgressServer.Word).Dispose();
                return peer;
            }
            catch (SocketException) when (!peer._process.HasExited)
            {
                Thread.Sleep(10);
            }
        }

        throw new InvalidOperationException("HAProxy does not listen.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_config);
    }
}
